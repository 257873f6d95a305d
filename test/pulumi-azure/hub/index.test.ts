import { describe, expect, it } from '@jest/globals';
import { runtime } from '@pulumi/pulumi';
import { pulumiDouble } from '../../doubles/pulumi-mocks.ts';

describe('pulumi-azure/hub/index', () => {
  it('rejects a configuration with a sentence and without a stack', async () => {
    await pulumiDouble();
    runtime.setAllConfig({ 'backline-azure-hub:issuer': 'http://a.example' });

    await expect(import('../../../pulumi-azure/hub/index.ts')).rejects.toMatchObject({
      message: expect.stringMatching(
        /^issuer must be what .*; got "http:\/\/a.example"; scannerRoleArns must be .*; got nothing$/,
      ),
      __pulumiRunError: true,
    });
  });
});
