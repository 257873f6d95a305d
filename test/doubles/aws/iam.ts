import { runSimulation } from '@cloud-copilot/iam-simulate';

/** A policy document as JSON. */
export type PolicyDocument = { readonly Version: string; readonly Statement: readonly object[] };

/** A role as it was deployed: trust and permissions are what templates say, functions of CloudFormation put in. */
export type Role = {
  readonly arn: string;
  readonly trust: PolicyDocument;
  readonly policies: readonly PolicyDocument[];
};

export type Question = {
  /** ARN of the role or user that asks. */
  readonly principal: string;
  /** `ecr:BatchGetImage` */
  readonly action: string;
  /** ARN, or `*` for actions that take none. */
  readonly resource: string;
  /** Of the resource. */
  readonly accountId: string;
  readonly context?: Readonly<Record<string, string | string[]>>;
};

/** Where every request comes from, for conditions on it. */
const SOURCE_IP = '127.0.0.1';

/** The policies of all accounts. They are judged by a simulator that somebody else wrote. */
export class Iam {
  readonly #roles = new Map<string, Role>();
  readonly #verdicts = new Map<string, Promise<boolean>>();

  constructor(roles: readonly Role[]) {
    for (const role of roles) this.#roles.set(role.arn, role);
  }

  role(arn: string): Role | undefined {
    return this.#roles.get(arn);
  }

  /** Puts a role in, or changes it. */
  put(role: Role): void {
    this.#roles.set(role.arn, role);
    this.#verdicts.clear();
  }

  /** Whether a principal may do something; for `sts:AssumeRole` the role's trust counts as well. */
  isAllowed(question: Question): Promise<boolean> {
    const key = JSON.stringify(question);
    const known = this.#verdicts.get(key);
    if (known !== undefined) return known;
    const verdict = this.#judge(question);
    this.#verdicts.set(key, verdict);
    return verdict;
  }

  async #judge({ principal, action, resource, accountId, context = {} }: Question): Promise<boolean> {
    const trust = action === 'sts:AssumeRole' ? this.#roles.get(resource)?.trust : undefined;
    const policies = this.#roles.get(principal)?.policies ?? [];
    const result = await runSimulation(
      {
        request: {
          principal,
          action,
          resource: { resource, accountId },
          contextVariables: { 'aws:SourceIp': SOURCE_IP, ...context },
        },
        identityPolicies: policies.map((policy, at) => ({ name: `policy-${at}`, policy })),
        ...(trust === undefined ? {} : { resourcePolicy: trust }),
        serviceControlPolicies: [],
        resourceControlPolicies: [],
      },
      {},
    );
    if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors));
    return result.overallResult === 'Allowed';
  }
}
