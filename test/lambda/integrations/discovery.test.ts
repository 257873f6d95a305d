import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  type IntegrationAnswer,
  keepDiscovery,
  runIntegrationCommand,
} from '../../../lambda/integrations/index.ts';
import { openStateFile, type StateStore } from '../../../lambda/store/index.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const GAP = {
  subject: 'region',
  name: 'eu-west-1',
  reason: 'catalog-forbidden',
  detail: 'grant it',
} as const;
const COUNTS = {
  startedAt: '2026-05-01T12:00:00.000Z',
  finishedAt: '2026-05-01T12:01:00.000Z',
  repositories: 2,
  images: 5,
  requested: 1,
  refused: 0,
};

describe('integrations/discovery', () => {
  const path = temporaryDirectory();
  let state: StateStore;
  let files = 0;
  const now = (): Date => new Date('2026-05-02T12:00:00.000Z');
  const run = (command: unknown): Promise<IntegrationAnswer> =>
    runIntegrationCommand(command, { state, test: async () => [], now });
  beforeEach(async () => {
    state = openStateFile(path(`${(files += 1)}.sqlite`), now);
    const ecr = { provider: 'ecr', externalId: 'external-id', regions: ['eu-west-1'] };
    for (const id of ['first', 'second', 'third']) {
      const roleArn = 'arn:aws:iam::111122223333:role/BacklineECRIntegrationRole';
      await run({ action: 'connect', integration: { ...ecr, id, roleArn } });
    }
  });

  it('is shown with an integration: what was found, and what could not be listed', async () => {
    await keepDiscovery(state, 'first', { ...COUNTS, gaps: [GAP], moreGaps: 3 });

    const { lastLooks } = await run({ action: 'show', id: 'first' });

    expect(lastLooks).toEqual([{ integration: 'first', ...COUNTS, gaps: [GAP], moreGaps: 3 }]);
  });

  it('is counted in a list, for those that were looked through', async () => {
    await keepDiscovery(state, 'third', { ...COUNTS, gaps: [], moreGaps: 0 });
    await keepDiscovery(state, 'first', { ...COUNTS, gaps: [GAP, GAP], moreGaps: 3 });

    const { integrations, lastLooks } = await run({ action: 'list' });

    expect(integrations.map(({ id }) => id)).toEqual(['first', 'second', 'third']);
    expect(lastLooks).toEqual([
      { integration: 'first', ...COUNTS, moreGaps: 5 },
      { integration: 'third', ...COUNTS, moreGaps: 0 },
    ]);
  });

  it('is that of the last look, and none when another version has noted it', async () => {
    await keepDiscovery(state, 'first', { ...COUNTS, gaps: [GAP], moreGaps: 0 });
    await keepDiscovery(state, 'first', { ...COUNTS, gaps: [], moreGaps: 0 });
    await state.put('integration#second', 'discovery', { startedAt: COUNTS.startedAt });

    const first = await run({ action: 'show', id: 'first' });
    const second = await run({ action: 'show', id: 'second' });

    expect(first.lastLooks?.[0]?.gaps).toEqual([]);
    expect(second).toMatchObject({ integrations: [{ id: 'second' }], lastLooks: [] });
  });
});
