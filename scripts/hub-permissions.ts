import { Code } from 'aws-cdk-lib/aws-lambda';
import { z } from 'zod';
import { FUNCTION_SIZES } from '../cdk/function-sizes.ts';
import type { HubOptions } from '../cdk/hub-config.ts';
import {
  AZURE_GRANT,
  FUNCTION_GRANTS,
  OUTBOUND_GRANTS,
  READER_GRANT,
  RESOURCE_REASONS,
  SCHEDULER_GRANTS,
} from '../cdk/hub-grants.ts';
import { BacklineScanner, SCANNER_STACK_NAME } from '../cdk/stacks/backline-scanner.ts';
import { templateOf } from '../cdk/template.ts';
import { FUNCTIONS } from '../lambda/shared/environment.ts';

/** With everything that adds a grant; what only an option brings says so in its reason or in the table of roles. */
const OPTIONS: HubOptions = { azure: true, organizationId: 'o-a1b2c3d4e5', alarmEmail: 'you@example.com' };

const texts = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const statementSchema = z.object({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: texts,
  Resource: z.unknown(),
  Principal: z.unknown().optional(),
  Condition: z.unknown().optional(),
});
const policySchema = z.object({ Statement: z.array(statementSchema) });
const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).optional() }),
  ),
});
const roleSchema = z.object({
  RoleName: z.string().optional(),
  Policies: z.array(z.object({ PolicyDocument: policySchema })),
});
type Statement = z.infer<typeof statementSchema>;

const GRANTS_OF: Readonly<Record<string, readonly { readonly sid: string; readonly why: string }[]>> = {
  ...Object.fromEntries(
    FUNCTIONS.map((name) => [`backline-${name}`, [...FUNCTION_GRANTS[name], AZURE_GRANT]]),
  ),
  BacklineIntegrationReadOnlyECR: [READER_GRANT],
  SchedulesRole: SCHEDULER_GRANTS,
  OutboundIdentityRole: OUTBOUND_GRANTS,
};

/** The part of docs/permissions.md that tells of the hub, from its template. Throws for a grant without a reason. */
export function hubPermissions(): string {
  const code = (): Code => Code.fromInline('exports.handler = () => {}');
  const { Resources } = templateSchema.parse(
    templateOf(
      SCANNER_STACK_NAME,
      (app) => new BacklineScanner(app, SCANNER_STACK_NAME, { ...OPTIONS, code }),
    ),
  );
  const resources = Object.entries(Resources).map(([id, resource]) => ({ id: plain(id), ...resource }));
  const roles = resources
    .filter(({ Type }) => Type === 'AWS::IAM::Role')
    .map(({ id, Properties }) => ({ id, ...roleSchema.parse(Properties) }));
  const policies = resources.flatMap(({ id, Type, Properties = {} }) =>
    resourceStatements(id, Type, Properties),
  );
  return [
    '# What the hub may do in its own account',
    'A role for each function. Statements of roles, with everything that options can add:',
    table(
      ['role', 'actions', 'on', 'why'],
      roles.flatMap(({ id, RoleName = id, Policies }) =>
        Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement).map((statement) => [
          `\`${RoleName}\``,
          coded(statement.Action),
          coded(resourcesOf(statement)) + conditionOf(statement),
          reasonOf(RoleName, statement),
        ]),
      ),
    ),
    `\`${AZURE_GRANT.actions[0]}\` and \`OutboundIdentityRole\` are there with \`azure=true\` only. Beside them: with \`retainData=false\` CDK adds a function of its own that empties the bucket when the stack is deleted.`,
    'What others may do with its resources:',
    table(['resource', 'who', 'actions', 'why'], policies),
    'What is reserved for each function:',
    table(
      ['function', 'memory, MB', 'disk, MB', 'why'],
      FUNCTIONS.map((name) => {
        const { memory, disk, why } = FUNCTION_SIZES[name];
        return [`\`backline-${name}\``, String(memory), String(disk), why];
      }),
    ),
  ].join('\n\n');
}

/** Statements that allow something, of the policies that resources have. */
function resourceStatements(
  id: string,
  type: string,
  properties: Readonly<Record<string, unknown>>,
): string[][] {
  const policy =
    type === 'AWS::KMS::Key'
      ? properties['KeyPolicy']
      : type === 'AWS::Events::EventBusPolicy'
        ? { Statement: [properties['Statement']] }
        : type !== 'AWS::IAM::Role' && properties['PolicyDocument'];
  if (policy === undefined || policy === false) return [];
  return policySchema
    .parse(policy)
    .Statement.filter(({ Effect }) => Effect === 'Allow')
    .map((statement) => {
      const { Sid = 'Account', Action, Principal } = statement;
      const why = RESOURCE_REASONS[Sid];
      if (why === undefined) throw new Error(`cdk/hub-grants.ts gives no reason for ${Sid} of ${id}`);
      return [`\`${id}\``, `\`${principalOf(Principal)}\`${conditionOf(statement)}`, coded(Action), why];
    });
}

function reasonOf(role: string, { Sid, Action }: Statement): string {
  const grant = GRANTS_OF[role]?.find(({ sid }) => sid === Sid);
  if (grant === undefined)
    throw new Error(`cdk/hub-grants.ts gives no reason for ${Action.join(', ')} of ${role}`);
  return grant.why;
}

function resourcesOf({ Resource }: Statement): string[] {
  return (Array.isArray(Resource) ? Resource : [Resource]).map(written);
}

function principalOf(principal: unknown): string {
  if (typeof principal === 'string') return principal;
  return Object.values(principal as Readonly<Record<string, unknown>>)
    .map(written)
    .join(', ');
}

function conditionOf({ Condition }: Statement): string {
  if (Condition === undefined) return '';
  const tests = Object.values(Condition as Readonly<Record<string, Readonly<Record<string, unknown>>>>);
  const told = tests.flatMap((test) =>
    Object.entries(test).map(([key, value]) => `\`${key}\` is ${coded([value].flat().map(written))}`),
  );
  return `, if ${told.join(' and ')}`;
}

/** A value of the template for people: resources by their names, without CDK's hashes. */
function written(value: unknown): string {
  if (typeof value === 'string') return value;
  const [name, argument] = Object.entries(value as Readonly<Record<string, unknown>>)[0] ?? [];
  if (name === 'Fn::Join') return (argument as [string, unknown[]])[1].map(written).join('');
  if (name === 'Fn::Sub') return String(argument);
  if (name === 'Fn::GetAtt') return plain((argument as string[])[0] ?? '');
  return `\${${String(argument)}}`;
}

function plain(id: string): string {
  return id.replace(/[0-9A-F]{8}$/, '');
}

function coded(items: readonly string[]): string {
  return items.map((item) => `\`${item}\``).join(', ');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
