import { runSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import type { Policy } from './cdk.ts';

export type Request = {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** Account of the resource. */
  readonly account: string;
  readonly context?: Readonly<Record<string, string | string[]>>;
};

/**
 * Whether AWS would allow the request by the policy of who asks and, when there is one, by that of what is asked for. Judged by
 * a simulator that somebody else wrote. Throws for a request that AWS has no form for, such as an action on another kind of resource.
 */
export async function isAllowed(
  { principal, action, resource, account, context = {} }: Request,
  identity: Policy,
  resourcePolicy?: Policy,
): Promise<boolean> {
  const simulation: Simulation = {
    request: {
      principal,
      action,
      resource: { resource, accountId: account },
      contextVariables: { ...context },
    },
    identityPolicies: [{ name: 'identity', policy: identity }],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    ...(resourcePolicy === undefined ? {} : { resourcePolicy }),
  };
  const result = await runSimulation(simulation, {});
  if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors));
  return result.overallResult === 'Allowed';
}

/** A policy that allows its owner to assume any role, so that only the trust of that role decides. */
export const ANY_ROLE: Policy = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }],
};
