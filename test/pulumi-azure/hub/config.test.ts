import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '../../../pulumi-azure/config.ts';
import { hubOptionsFromConfig } from '../../../pulumi-azure/hub/config.ts';

const NEEDED = {
  issuer: 'https://0a1b2c.tokens.sts.global.api.aws',
  scannerRoleArn: 'arn:aws:iam::111122223333:role/path/scanner',
};

describe('pulumi-azure/hub/config', () => {
  it('needs the issuer and the role, and has the rest by default', () => {
    expect(hubOptionsFromConfig(NEEDED)).toEqual({
      ...NEEDED,
      displayName: 'Backline',
      environment: 'public',
    });
  });

  it('reads every option', () => {
    const all = {
      ...NEEDED,
      displayName: 'Backline of the platform team',
      tenantId: '66666666-2222-3333-4444-555555555555',
      environment: 'china',
    };

    expect(hubOptionsFromConfig(all)).toEqual(all);
  });

  it.each<[string, string, string]>([
    [
      'issuer',
      'https://a.example/',
      'issuer must be what "aws iam get-outbound-web-identity-federation-info" says',
    ],
    ['issuer', 'http://a.example', 'issuer must be what'],
    ['issuer', 'https://a.example/path', 'issuer must be what'],
    ['issuer', 'https://user@a.example', 'issuer must be what'],
    ['issuer', 'a.example', 'issuer must be what'],
    [
      'scannerRoleArn',
      'arn:aws:sts::111122223333:assumed-role/scanner/session',
      'scannerRoleArn must be the ARN of the role',
    ],
    ['scannerRoleArn', 'arn:aws:iam::111122223333:role/*', 'scannerRoleArn must be the ARN of the role'],
    [
      'scannerRoleArn',
      'arn:aws:iam::111122223333:user/scanner',
      'scannerRoleArn must be the ARN of the role',
    ],
    ['displayName', ' ', 'displayName must have 1 to 120 characters; got " "'],
    ['displayName', 'x'.repeat(121), 'displayName must have 1 to 120 characters'],
    ['tenantId', 'contoso', 'tenantId must be a GUID'],
    ['environment', 'moon', 'environment must be one of public, usgovernment, china; got "moon"'],
    [
      'role',
      'x',
      '"role" is no option; options are issuer, scannerRoleArn, displayName, tenantId, environment',
    ],
  ])('rejects %s %s', (name, value, sentence) => {
    expect(() => hubOptionsFromConfig({ ...NEEDED, [name]: value })).toThrow(ConfigError);
    expect(() => hubOptionsFromConfig({ ...NEEDED, [name]: value })).toThrow(sentence);
  });
});
