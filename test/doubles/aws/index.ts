import type { IncomingMessage, ServerResponse } from 'node:http';
import { listen } from '../../../scripts/demo/registry.ts';
import { type Fault, faultList } from '../registry-faults.ts';
import { type EcrContent, MemoryContent } from './content.ts';
import { answerEcr, type EcrInput } from './ecr.ts';
import { AwsFailure, sendJsonFailure, sendXmlFailure } from './failure.ts';
import { type CallFault, callFaults } from './faults.ts';
import { Iam, type Role } from './iam.ts';
import { layerStorage } from './layer-storage.ts';
import { type PushEvent, pushEvent } from './push-event.ts';
import { type Caller, type Keys, SessionTable } from './sessions.ts';
import { answerSts } from './sts.ts';
import { upstreamContent } from './upstream.ts';
import { webIdentity } from './web-identity.ts';

/**
 * STS, ECR and the storage of its layers on 127.0.0.1, for one customer account and whoever may read it. Policies decide as
 * in AWS: who asks is known by the access key, and every call is judged by the roles given.
 *
 *     const aws = await startAws({ accountId: CUSTOMER, roles: [functionRole, readerRole, customerRole] });
 *     push(aws.region('eu-west-1'), 'team/app', '1', image([await layer([…])]));
 *     new AwsSessions({ region: 'eu-west-1', readerRoleArn, credentials: async () => aws.sessionOf(functionRole.arn),
 *       endpoints: { ecr: aws.origin, sts: aws.origin } });
 *     aws.fail({ action: 'BatchGetImage', code: 'ThrottlingException', times: 3 });
 *     aws.calls;   // what was asked for, in order
 *     await aws.close();
 *
 * Whole functions are led here by AWS_ENDPOINT_URL_ECR and AWS_ENDPOINT_URL_STS; with `upstream` a real registry's images are
 * served, and `keys` makes access keys known that another emulator gave out.
 */
export async function startAws(options: AwsOptions) {
  const { accountId } = options;
  const now = options.now ?? Date.now;
  const iam = new Iam(options.roles);
  const sessions = new SessionTable(now);
  for (const [key, arn] of Object.entries(options.keys ?? {})) sessions.addKey(key, arn);
  const events: PushEvent[] = [];
  const memory = new MemoryContent(now, (region, name, image, tag) => {
    events.push(pushEvent(accountId, region, name, image, tag));
  });
  const content: EcrContent =
    options.upstream === undefined
      ? memory
      : upstreamContent(options.upstream.origin, options.upstream.region, now);
  const layerFaults = faultList();
  let urlSeconds = 3600;
  const storage = await layerStorage({ content, faults: layerFaults, now, urlSeconds: () => urlSeconds });
  const imageFaults = new Map<string, string>();
  const identity = webIdentity();
  const faults = callFaults();
  const calls: AwsCall[] = [];

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const asked = await callOf(request);
    const call: AwsCall = { ...asked, caller: '', status: 0 };
    calls.push(call);
    response.on('close', () => {
      call.status = response.statusCode;
    });
    try {
      faults.strike(asked.action, asked.region);
      const caller = known(sessions.callerOf(request), asked.service);
      call.caller = caller.arn;
      if (asked.service === 'sts') {
        return await answerSts(asked.form, caller, { iam, sessions, webIdentity: identity, now }, response);
      }
      const ecr = { accountId, iam, content, storage, imageFaults, now };
      const body = await answerEcr(asked.action, asked.region, asked.input, caller, ecr);
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(body));
    } catch (error) {
      const failure =
        error instanceof AwsFailure ? error : new AwsFailure('ServerException', String(error), 500);
      if (asked.service === 'sts') sendXmlFailure(response, failure);
      else sendJsonFailure(response, failure);
    }
  };
  const api = await listen((request, response) => void answer(request, response));

  return {
    /** For AWS_ENDPOINT_URL_ECR and AWS_ENDPOINT_URL_STS. */
    origin: api.origin,
    /** Every call of STS and ECR, in order. */
    calls,
    layerRequests: storage.requests,
    /** What EventBridge would have been told: one for each tag pushed into memory. */
    events,
    webIdentity: identity,
    /** Where images of a region are pushed to. */
    region: (region: string) => memory.region(region),
    putRepository: (region: string, name: string, tags?: Readonly<Record<string, string>>) =>
      memory.putRepository(region, name, tags),
    changeImage: memory.change.bind(memory),
    /** Keys of a user or role whose life does not end. */
    keysOf: (arn: string): Keys => sessions.keysOf(arn),
    /** A session of a role, as a function or instance has one without asking. */
    sessionOf: (roleArn: string, seconds = 3600): Keys => sessions.open(roleArn, 'process', seconds),
    expireSessionsOf: (roleArn: string) => sessions.expire(roleArn),
    putRole: (role: Role) => iam.put(role),
    /** Lets calls fail before anybody looks at who asks. */
    fail: (fault: CallFault) => faults.add(fault),
    /** What befalls layers on their way. */
    failLayer: (fault: Fault) => layerFaults.add(fault),
    /** Lets one image fail in BatchGetImage. */
    failImage: (digest: string, code: string) => void imageFaults.set(digest, code),
    heal: () => {
      faults.clear();
      layerFaults.clear();
      imageFaults.clear();
    },
    /** How long the addresses of layers hold that are given out from now on. */
    setUrlSeconds: (seconds: number) => {
      urlSeconds = seconds;
    },
    close: async () => {
      await Promise.all([api.close(), storage.close()]);
    },
  };
}

export type AwsDouble = Awaited<ReturnType<typeof startAws>>;

export type AwsOptions = {
  /** Whose registry it is. */
  readonly accountId: string;
  /** Of all accounts that play a part. */
  readonly roles: readonly Role[];
  /** Access keys that somebody else gave out, each with the ARN of its role or user. */
  readonly keys?: Readonly<Record<string, string>>;
  /** A registry whose images are served in this region, instead of those pushed into memory. */
  readonly upstream?: { readonly origin: string; readonly region: string };
  /** Milliseconds since 1970. */
  readonly now?: () => number;
};

export type AwsCall = {
  readonly service: 'ecr' | 'sts';
  readonly action: string;
  readonly region: string;
  readonly input: EcrInput;
  /** The parameters of STS. */
  readonly form: URLSearchParams;
  /** ARN of the session that signed it; '' when that is not known. */
  caller: string;
  status: number;
};

async function callOf(request: IncomingMessage): Promise<Omit<AwsCall, 'caller' | 'status'>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  const scope = /Credential=[^/]+\/\d{8}\/(?<region>[^/]+)\//.exec(request.headers.authorization ?? '');
  const region = scope?.groups?.['region'] ?? '';
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') {
    const input = JSON.parse(body) as EcrInput;
    return {
      service: 'ecr',
      action: target.split('.').at(-1) ?? '',
      region,
      input,
      form: new URLSearchParams(),
    };
  }
  const form = new URLSearchParams(body);
  return { service: 'sts', action: form.get('Action') ?? '', region, input: {}, form };
}

function known(caller: Caller | 'unknown' | 'expired', service: AwsCall['service']): Caller {
  if (typeof caller !== 'string') return caller;
  const status = service === 'sts' ? 403 : 400;
  if (caller === 'expired') {
    const code = service === 'sts' ? 'ExpiredToken' : 'ExpiredTokenException';
    throw new AwsFailure(code, 'The security token included in the request is expired', status);
  }
  const code = service === 'sts' ? 'InvalidClientTokenId' : 'UnrecognizedClientException';
  throw new AwsFailure(code, 'The security token included in the request is invalid', status);
}
