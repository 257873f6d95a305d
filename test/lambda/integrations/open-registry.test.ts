import { describe, expect, it } from '@jest/globals';
import type { AcrIntegration } from '../../../lambda/integrations/index.ts';
import { acrOptionsOf } from '../../../lambda/integrations/open-registry.ts';

const integration: AcrIntegration = {
  schemaVersion: 1,
  id: 'acr-team',
  provider: 'acr',
  tenantId: '409520d4-8100-4d1d-ad47-72432ddcc120',
  appId: '3fc75f55-e53f-4950-9127-665106cded58',
  login: 'federated',
  loginServers: ['team.azurecr.io'],
  environment: 'public',
  include: ['team/*'],
  connected: true,
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
};

describe('integrations/open-registry', () => {
  it('reads an ACR integration with one login, which keeps its tokens, for each identity', () => {
    const options = acrOptionsOf({ aws: { region: 'eu-west-1' }, variables: {} });

    const first = options(integration);
    const again = options({ ...integration, id: 'acr-other', loginServers: ['other.azurecr.io'] });
    const elsewhere = options({ ...integration, tenantId: '11111111-aaaa-4bbb-8ccc-222222222222' });

    expect(first).toMatchObject({ loginServers: ['team.azurecr.io'], include: ['team/*'] });
    expect(again.login).toBe(first.login);
    expect(elsewhere.login).not.toBe(first.login);
  });
});
