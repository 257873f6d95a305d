import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '../../../pulumi-azure/config.ts';
import { hubOptionsFromConfig } from '../../../pulumi-azure/hub/config.ts';

const NEEDED = {
  issuer: 'https://0a1b2c.tokens.sts.global.api.aws',
  scannerRoleArns: 'arn:aws:iam::111122223333:role/path/scanner',
};

describe('pulumi-azure/hub/config', () => {
  it('needs the issuer and the role, and has the rest by default', () => {
    expect(hubOptionsFromConfig(NEEDED)).toEqual({
      ...NEEDED,
      scannerRoleArns: [NEEDED.scannerRoleArns],
      displayName: 'Backline',
      environment: 'public',
    });
  });

  it('reads several roles, each once', () => {
    const roles = ['arn:aws:iam::111122223333:role/scan', 'arn:aws:iam::111122223333:role/discover'];

    expect(
      hubOptionsFromConfig({ ...NEEDED, scannerRoleArns: [...roles, roles[0]].join(', ') }).scannerRoleArns,
    ).toEqual(roles);
  });

  it('reads every option', () => {
    const all = {
      ...NEEDED,
      displayName: 'Backline of the platform team',
      tenantId: '66666666-2222-3333-4444-555555555555',
      environment: 'china',
    };

    expect(hubOptionsFromConfig(all)).toEqual({ ...all, scannerRoleArns: [NEEDED.scannerRoleArns] });
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
      'scannerRoleArns',
      'arn:aws:sts::111122223333:assumed-role/scanner/session',
      'scannerRoleArns must be the ARNs of up to 20 roles',
    ],
    [
      'scannerRoleArns',
      'arn:aws:iam::111122223333:role/*',
      'scannerRoleArns must be the ARNs of up to 20 roles',
    ],
    [
      'scannerRoleArns',
      'arn:aws:iam::111122223333:user/scanner',
      'scannerRoleArns must be the ARNs of up to 20 roles',
    ],
    ['scannerRoleArns', `${NEEDED.scannerRoleArns},`, 'scannerRoleArns must be the ARNs of up to 20 roles'],
    ['displayName', ' ', 'displayName must have 1 to 120 characters; got " "'],
    ['displayName', 'x'.repeat(121), 'displayName must have 1 to 120 characters'],
    ['tenantId', 'contoso', 'tenantId must be a GUID'],
    ['environment', 'moon', 'environment must be one of public, usgovernment, china; got "moon"'],
    [
      'role',
      'x',
      '"role" is no option; options are issuer, scannerRoleArns, displayName, tenantId, environment',
    ],
  ])('rejects %s %s', (name, value, sentence) => {
    expect(() => hubOptionsFromConfig({ ...NEEDED, [name]: value })).toThrow(ConfigError);
    expect(() => hubOptionsFromConfig({ ...NEEDED, [name]: value })).toThrow(sentence);
  });
});
