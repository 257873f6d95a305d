import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { azOnPath } from '../../../scripts/azure/az-command.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { NO_INTERRUPT } from './run-script.ts';

describe('scripts/azure/az-command', () => {
  const path = temporaryDirectory();
  const az = (interrupt = NO_INTERRUPT) =>
    azOnPath({ PATH: [path(), '/usr/bin', '/bin'].join(delimiter) }, interrupt);

  beforeAll(async () => {
    const text = `#!/bin/sh
case "$1" in
  echo) shift; printf '["%s"]' "$*" ;;
  silent) echo 'WARNING: preview' >&2 ;;
  text) echo 'not json' ;;
  missing) echo "ERROR: (ResourceNotFound) The Resource 'x' was not found." >&2; exit 3 ;;
  group) echo "ERROR: (ResourceGroupNotFound) Resource group 'g' could not be found." >&2; exit 1 ;;
  subscription) echo "ERROR: (SubscriptionNotFound) The subscription 's' could not be found." >&2; exit 3 ;;
  old) echo "ERROR: ResourceNotFound: The Resource 'x' was not found." >&2; exit 3 ;;
  lines) printf 'ERROR: The resource was not found.\\nCode: ResourceNotFound\\n' >&2; exit 1 ;;
  principal) echo "ERROR: Resource 'p' does not exist or one of its queried reference-property objects are not present." >&2; exit 3 ;;
  denied) printf 'WARNING: old\\nERROR: (AuthorizationFailed) not allowed\\nCode: AuthorizationFailed\\n' >&2; exit 1 ;;
  mute) exit 2 ;;
  slow) exec sleep 60 ;;
  mark) : > "$2" ;;
esac
`;
    await writeFile(path('az'), text, { mode: 0o755 });
  });

  it.each([
    [['echo', 'a', 'b c'], { isOk: true, value: ['a b c --output json'] }],
    [['silent'], { isOk: true, value: undefined }],
    [
      ['text'],
      { isOk: false, reason: 'az did not answer with JSON', complaint: 'not json\n', isMissing: false },
    ],
    [
      ['denied'],
      {
        isOk: false,
        reason: '(AuthorizationFailed) not allowed',
        complaint: 'WARNING: old\nERROR: (AuthorizationFailed) not allowed\nCode: AuthorizationFailed\n',
        isMissing: false,
      },
    ],
    [['mute'], { isOk: false, reason: 'az gave no reason', complaint: '', isMissing: false }],
  ])('understands what az answers to %j', async (args, answer) => {
    expect(await az()(args)).toEqual(answer);
  });

  it.each([
    ['missing', true],
    ['group', true],
    ['old', true],
    ['lines', true],
    ['principal', true],
    // What it was looked for in is missing: that says nothing of what was looked for.
    ['subscription', false],
    ['denied', false],
  ])('knows whether Azure says that there is none: %s', async (call, isMissing) => {
    expect(await az()([call])).toMatchObject({ isOk: false, isMissing });
  });

  it('rejects, with where to get it, when there is no az', async () => {
    const none = azOnPath({ PATH: path('nowhere') }, NO_INTERRUPT);

    await expect(none(['account', 'show'])).rejects.toThrow(
      "Azure CLI not found. Install it as https://aka.ms/installazurecli says, then run 'az login'.",
    );
  });

  it('rejects when it is interrupted by a signal that az did not get, and ends it', async () => {
    const controller = new AbortController();
    const running = az({ signal: controller.signal, handOn: controller.signal })(['slow']);

    controller.abort();

    await expect(running).rejects.toThrow(expect.objectContaining({ message: 'Interrupted', exitCode: 130 }));
  });

  it('rejects without a call when the run was interrupted before', async () => {
    const call = az({ ...NO_INTERRUPT, signal: AbortSignal.abort() })(['mark', path('called')]);

    await expect(call).rejects.toThrow('Interrupted');
    expect(existsSync(path('called'))).toBe(false);
  });
});
