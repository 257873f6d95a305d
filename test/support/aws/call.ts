import type { MiniStack } from './mini-stack.ts';
import { runProgram } from './run-program.ts';

/** Calls one operation and prints its answer; arguments: service, operation, parameters as JSON. */
const CALL = `
import botocore.session, json, sys
service, operation, parameters = sys.argv[1:]
client = botocore.session.get_session().create_client(service)
answer = getattr(client, operation)(**json.loads(parameters))
answer.pop('ResponseMetadata', None)
print(json.dumps(answer, default=str))
`;

/**
 * Calls an operation of AWS as the root of `account`, by botocore's names (`scheduler`, `list_schedules`): for what Backline itself
 * never calls, and so has no client of. Throws with the error's text.
 */
export async function call(
  stack: MiniStack,
  account: string,
  [service, operation]: readonly [string, string],
  parameters: object = {},
): Promise<unknown> {
  const { stdout } = await runProgram(
    [stack.python, '-c', CALL, service, operation, JSON.stringify(parameters)],
    { env: stack.environment(account) },
  );
  return JSON.parse(stdout) as unknown;
}
