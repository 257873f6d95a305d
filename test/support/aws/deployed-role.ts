import { createHash } from 'node:crypto';
import { call } from './call.ts';
import { type MiniStack, REGION } from './mini-stack.ts';

/** A policy as JSON, functions of CloudFormation put in. */
interface Policy {
  readonly Version: string;
  readonly Statement: readonly object[];
}

/** A role as it was deployed, for doubles that judge by it. */
export interface DeployedRole {
  readonly arn: string;
  readonly trust: Policy;
  readonly policies: readonly Policy[];
}

/** Its trust and inline policies. */
export async function deployedRole(
  stack: MiniStack,
  account: string,
  RoleName: string,
): Promise<DeployedRole> {
  const iam = (operation: string, more: object = {}): Promise<unknown> =>
    call(stack, account, ['iam', operation], { RoleName, ...more });
  const { Role } = (await iam('get_role')) as {
    readonly Role: { readonly Arn: string; readonly AssumeRolePolicyDocument: Policy };
  };
  const { PolicyNames } = (await iam('list_role_policies')) as { readonly PolicyNames: readonly string[] };
  const policies = await Promise.all(
    PolicyNames.map(async (PolicyName) => {
      const answer = await iam('get_role_policy', { PolicyName });
      return (answer as { readonly PolicyDocument: Policy }).PolicyDocument;
    }),
  );
  return { arn: Role.Arn, trust: Role.AssumeRolePolicyDocument, policies };
}

/** The access key that the emulator gives a function for its role: it is made of both names (docs/emulator.md). */
export function accessKeyOf(account: string, functionName: string, roleArn: string): string {
  const functionArn = `arn:aws:lambda:${REGION}:${account}:function:${functionName}`;
  const digest = createHash('sha256').update(`${functionArn}:${roleArn}`).digest('hex');
  return `ASIA${digest.slice(0, 16).toUpperCase()}`;
}
