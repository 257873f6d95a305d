import { describe, expect, it } from '@jest/globals';
import { hubOptionsFromConfig } from '../../../pulumi-azure/hub/config.ts';
import { registerHub } from '../../../pulumi-azure/hub/register-hub.ts';
import { NEW_APP, pulumiDouble } from '../../doubles/pulumi-mocks.ts';
import { settled } from '../../support/settled.ts';

const ISSUER = 'https://0a1b2c.tokens.sts.global.api.aws';
const ROLES = [
  'arn:aws:iam::111122223333:role/backline-scan',
  'arn:aws:iam::111122223333:role/backline-discover',
];

describe('pulumi-azure/hub/register-hub', () => {
  it.each([
    ['public', 'api://AzureADTokenExchange'],
    ['usgovernment', 'api://AzureADTokenExchangeUSGov'],
    ['china', 'api://AzureADTokenExchangeChina'],
  ])(
    'registers in the cloud %s an app for all tenants, as which only the roles can log in',
    async (environment, audience) => {
      const pulumi = await pulumiDouble();

      const outputs = registerHub(
        hubOptionsFromConfig({ issuer: ISSUER, scannerRoleArns: ROLES.join(', '), environment }),
      );

      expect(await settled(outputs.appId)).toBe(NEW_APP);
      expect(await settled(outputs.configureCommand)).toBe(
        `pulumi config set backline-azure:appId ${NEW_APP}`,
      );
      expect(pulumi.resources.map(({ type, inputs }) => [type, inputs])).toEqual([
        ['pulumi:providers:azuread', expect.objectContaining({ environment })],
        ['backline:azure:HubApplication', {}],
        [
          'azuread:index/application:Application',
          { displayName: 'Backline', signInAudience: 'AzureADMultipleOrgs' },
        ],
        ...ROLES.map((subject) => [
          'azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential',
          {
            applicationId: 'app-id',
            displayName: subject.split('/')[1],
            description: 'A role of the scanner on AWS',
            issuer: ISSUER,
            subject,
            audiences: [audience],
          },
        ]),
      ]);
    },
  );
});
