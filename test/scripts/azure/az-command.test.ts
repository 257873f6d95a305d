import { writeFile } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { azOnPath } from '../../../scripts/azure/az-command.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

describe('scripts/azure/az-command', () => {
  const path = temporaryDirectory();
  const never = new AbortController().signal;
  const az = (signal = never) => azOnPath({ PATH: [path(), '/usr/bin', '/bin'].join(delimiter) }, signal);

  beforeAll(async () => {
    const text = `#!/bin/sh
case "$1" in
  echo) shift; printf '["%s"]' "$*" ;;
  silent) echo 'WARNING: preview' >&2 ;;
  text) echo 'not json' ;;
  missing) echo "ERROR: (ResourceNotFound) The Resource 'x' was not found." >&2; exit 3 ;;
  group) echo "ERROR: (ResourceGroupNotFound) Resource group 'g' could not be found." >&2; exit 1 ;;
  denied) printf 'WARNING: old\\nERROR: (AuthorizationFailed) not allowed\\nCode: AuthorizationFailed\\n' >&2; exit 1 ;;
  mute) exit 2 ;;
  slow) exec sleep 60 ;;
esac
`;
    await writeFile(path('az'), text, { mode: 0o755 });
  });

  it.each([
    [['echo', 'a', 'b c'], { isOk: true, value: ['a b c --output json'] }],
    [['silent'], { isOk: true, value: undefined }],
    [['text'], { isOk: false, reason: 'az did not answer with JSON', isMissing: false }],
    [
      ['missing'],
      { isOk: false, reason: "(ResourceNotFound) The Resource 'x' was not found.", isMissing: true },
    ],
    [
      ['group'],
      {
        isOk: false,
        reason: "(ResourceGroupNotFound) Resource group 'g' could not be found.",
        isMissing: true,
      },
    ],
    [['denied'], { isOk: false, reason: '(AuthorizationFailed) not allowed', isMissing: false }],
    [['mute'], { isOk: false, reason: 'az gave no reason', isMissing: false }],
  ])('understands what az answers to %j', async (args, answer) => {
    expect(await az()(args)).toEqual(answer);
  });

  it('rejects, with where to get it, when there is no az', async () => {
    const none = azOnPath({ PATH: path('nowhere') }, never);

    await expect(none(['account', 'show'])).rejects.toThrow(
      "Azure CLI not found. Install it as https://aka.ms/installazurecli says, then run 'az login'.",
    );
  });

  it('rejects when it is interrupted', async () => {
    const controller = new AbortController();
    const running = az(controller.signal)(['slow']);

    controller.abort();

    await expect(running).rejects.toThrow('Interrupted');
  });
});
