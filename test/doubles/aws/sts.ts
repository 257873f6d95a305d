import type { ServerResponse } from 'node:http';
import { AwsFailure, escaped } from './failure.ts';
import type { Iam } from './iam.ts';
import type { Caller, SessionTable } from './sessions.ts';
import type { WebIdentity } from './web-identity.ts';

export type StsOptions = {
  readonly iam: Iam;
  readonly sessions: SessionTable;
  readonly webIdentity: WebIdentity;
  readonly now: () => number;
};

/** Longest session of a role that nobody raised; also the longest that a chained one can have. */
const MAX_SECONDS = 3600;

/** Answers a call of STS's query protocol. Throws `AwsFailure`. */
export async function answerSts(
  form: URLSearchParams,
  caller: Caller,
  options: StsOptions,
  response: ServerResponse,
): Promise<void> {
  const action = form.get('Action') ?? '';
  const result = await resultOf(action, form, caller, options);
  response.writeHead(200, { 'content-type': 'text/xml' });
  response.end(
    `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${result}</${action}Result>` +
      `<ResponseMetadata><RequestId>request-1</RequestId></ResponseMetadata></${action}Response>`,
  );
}

async function resultOf(
  action: string,
  form: URLSearchParams,
  caller: Caller,
  options: StsOptions,
): Promise<string> {
  if (action === 'AssumeRole') return assumeRole(form, caller, options);
  if (action === 'GetWebIdentityToken') return webIdentityToken(form, caller, options);
  if (action === 'GetCallerIdentity') {
    return elements({ Arn: caller.arn, UserId: 'AIDA', Account: accountOf(caller.principal) });
  }
  throw new AwsFailure('InvalidAction', `Could not find operation ${action}`);
}

async function assumeRole(form: URLSearchParams, caller: Caller, options: StsOptions): Promise<string> {
  const roleArn = form.get('RoleArn') ?? '';
  const name = form.get('RoleSessionName') ?? '';
  const seconds = Number(form.get('DurationSeconds') ?? MAX_SECONDS);
  const externalId = form.get('ExternalId');
  if (!/^[\w+=,.@-]{2,64}$/.test(name)) throw new AwsFailure('ValidationError', 'invalid roleSessionName');
  if (seconds < 900 || seconds > MAX_SECONDS) {
    throw new AwsFailure('ValidationError', 'The requested DurationSeconds exceeds the limit of 1 hour');
  }
  const allowed = await options.iam.isAllowed({
    principal: caller.principal,
    action: 'sts:AssumeRole',
    resource: roleArn,
    accountId: accountOf(roleArn),
    context: externalId === null ? {} : { 'sts:ExternalId': externalId },
  });
  // A role that does not exist is refused in the same words.
  if (!allowed || options.iam.role(roleArn) === undefined) throw denied(caller, 'sts:AssumeRole', roleArn);
  const { accessKeyId, secretAccessKey, sessionToken, expiration, arn } = options.sessions.open(
    roleArn,
    name,
    seconds,
  );
  const credentials = elements({
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: expiration.toISOString(),
  });
  const user = elements({ Arn: arn, AssumedRoleId: `AROA:${name}` });
  return `<Credentials>${credentials}</Credentials><AssumedRoleUser>${user}</AssumedRoleUser>`;
}

async function webIdentityToken(form: URLSearchParams, caller: Caller, options: StsOptions): Promise<string> {
  const audience = [...form].filter(([key]) => key.startsWith('Audience.member.')).map(([, value]) => value);
  const seconds = Number(form.get('DurationSeconds') ?? 300);
  const algorithm = form.get('SigningAlgorithm') ?? '';
  const allowed = await options.iam.isAllowed({
    principal: caller.principal,
    action: 'sts:GetWebIdentityToken',
    resource: '*',
    accountId: accountOf(caller.principal),
    context: {
      'sts:IdentityTokenAudience': audience,
      'sts:DurationSeconds': String(seconds),
      'sts:SigningAlgorithm': algorithm,
    },
  });
  if (!allowed) throw denied(caller, 'sts:GetWebIdentityToken', '*');
  const expiration = new Date(options.now() + seconds * 1000).toISOString();
  const token = options.webIdentity.token({
    subject: caller.principal,
    audience,
    seconds,
    now: options.now(),
  });
  return elements({ WebIdentityToken: token, Expiration: expiration });
}

/** Access that policies do not give, in AWS's words. */
export function denied(caller: Caller, action: string, resource: string): AwsFailure {
  const message = `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource}`;
  return action.startsWith('sts:')
    ? new AwsFailure('AccessDenied', message, 403)
    : new AwsFailure(
        'AccessDeniedException',
        `${message} because no identity-based policy allows the action`,
      );
}

function accountOf(arn: string): string {
  return arn.split(':')[4] ?? '';
}

function elements(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `<${name}>${escaped(value)}</${name}>`)
    .join('');
}
