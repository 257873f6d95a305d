import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runtime } from '@pulumi/pulumi';
import { DEFAULT_APP_ID } from '../../pulumi-azure/config.ts';
import { NEW_PRINCIPAL, type PulumiDouble, pulumiDouble } from '../doubles/pulumi-mocks.ts';
import { settled } from '../support/settled.ts';

const SUBSCRIPTION = '11111111-2222-3333-4444-555555555555';
const TENANT = '66666666-2222-3333-4444-555555555555';

describe('pulumi-azure/index', () => {
  let pulumi: PulumiDouble;
  let outputs: Record<string, unknown>;

  // What Pulumi does with notes when no engine takes them.
  const said = jest.spyOn(console, 'log').mockImplementation(() => {});
  afterAll(() => said.mockRestore());

  beforeAll(async () => {
    pulumi = await pulumiDouble();
    runtime.setAllConfig({
      'azure-native:tenantId': TENANT,
      'azure-native:environment': 'china',
      'azure-native:location': 'anywhere',
      'backline-azure:cloudSubscriptions': `["${SUBSCRIPTION}"]`,
      'backline-azure:environment': 'usgovernment',
    });
    outputs = { ...(await import('../../pulumi-azure/index.ts')) };
    await settled(undefined);
  });

  it('puts out what a hub must know', async () => {
    expect(await settled(outputs['principalObjectId'])).toBe(NEW_PRINCIPAL);
    expect(outputs).toMatchObject({ appId: DEFAULT_APP_ID, tenantId: TENANT, notFound: [] });
  });

  it('says whom the roles let in', () => {
    expect(said.mock.calls.flat().join()).toContain(`The roles go to Backline's own app, ${DEFAULT_APP_ID}`);
  });

  it('takes what it is not told from the configuration of the provider', () => {
    const provider = pulumi.resources.find(({ type }) => type === 'pulumi:providers:azure-native');

    expect(provider?.inputs).toMatchObject({ tenantId: TENANT, environment: 'usgovernment' });
    expect([...pulumi.assignments().keys()]).toEqual([`${SUBSCRIPTION}-reader`]);
  });
});
