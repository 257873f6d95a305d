import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Integration } from '../../../lambda/integrations/index.ts';
import { acrLoginOf, acrRegistry, stsWebIdentityToken } from '../../../lambda/registry/index.ts';
import { type ScanIntegrationOptions, scanIntegration } from '../../../lambda/scan/index.ts';
import { TOOL } from '../../../lambda/shared/tool.ts';
import { openObjectDirectory, openStateFile } from '../../../lambda/store/index.ts';
import { jsonText } from '../../../scripts/cli/integrations-scan-result.ts';

/** What the program is told: the path of a file with this as JSON. */
export type ScanAcrSettings = {
  /** Of the registry: an integration would not take it, as it is none of Azure's. */
  readonly host: string;
  readonly tenantId: string;
  readonly appId: string;
  /** `federated` asks STS, where the environment says that it is. */
  readonly login: 'default' | 'federated';
  /** Where state and objects are kept. */
  readonly folder: string;
  readonly advisories: ScanIntegrationOptions['advisories'];
};

/** `backline integrations scan --json` for one registry that speaks HTTP on this machine; the rest is as it is there. */
const settings = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as ScanAcrSettings;
const { host, tenantId, appId, login, folder, advisories } = settings;
const now = (): Date => new Date();
const integration: Integration = {
  schemaVersion: 1,
  id: 'acr-team',
  provider: 'acr',
  tenantId,
  appId,
  login,
  loginServers: ['team.azurecr.io'],
  environment: 'public',
  connected: true,
  createdAt: now().toISOString(),
  updatedAt: now().toISOString(),
};
const webIdentityToken = stsWebIdentityToken({ region: process.env['AWS_REGION'] ?? '' });
const acrLogin = acrLoginOf(integration, { variables: process.env, webIdentityToken });
const state = openStateFile(join(folder, 'state.sqlite'), now);
const scanned = await scanIntegration(integration, {
  state,
  objects: openObjectDirectory(join(folder, 'objects')),
  registryOf: () => acrRegistry({ loginServers: [host], login: acrLogin, insecure: true }),
  advisories,
  tool: TOOL,
  now,
  onProgress: (step) => process.stderr.write(`${JSON.stringify(step)}\n`),
});
await state.close();
process.stdout.write(jsonText([{ id: integration.id, scanned }]));
