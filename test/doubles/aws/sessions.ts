import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export type Keys = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
};

/** Who a request is from. */
export type Caller = {
  /** ARN of the role or user, which policies name. */
  readonly principal: string;
  /** `arn:aws:sts::111122223333:assumed-role/Name/session` for roles, which messages name. */
  readonly arn: string;
  readonly isSession: boolean;
};

type Entry = Caller & { readonly token?: string; expiresAt: number };

/** Access keys, long-lived and of sessions. */
export class SessionTable {
  readonly #entries = new Map<string, Entry>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Makes an access key known that somebody else gave out. */
  addKey(accessKeyId: string, principal: string): void {
    const caller = { principal, arn: principal, isSession: false };
    this.#entries.set(accessKeyId, { ...caller, expiresAt: Number.POSITIVE_INFINITY });
  }

  /** Keys of a user. */
  keysOf(principal: string): Keys {
    const accessKeyId = `AKIA${randomBytes(8).toString('hex').toUpperCase()}`;
    this.addKey(accessKeyId, principal);
    return { accessKeyId, secretAccessKey: randomBytes(20).toString('hex') };
  }

  /** Keys of a session of a role. */
  open(roleArn: string, name: string, seconds: number): Required<Keys> & { readonly arn: string } {
    const accessKeyId = `ASIA${randomBytes(8).toString('hex').toUpperCase()}`;
    const token = randomBytes(32).toString('base64');
    const expiresAt = this.#now() + seconds * 1000;
    const arn = `${roleArn.replace(':iam:', ':sts:').replace(/:role\/(?:.*\/)?/, ':assumed-role/')}/${name}`;
    this.#entries.set(accessKeyId, { principal: roleArn, arn, isSession: true, token, expiresAt });
    return {
      accessKeyId,
      secretAccessKey: randomBytes(20).toString('hex'),
      sessionToken: token,
      expiration: new Date(expiresAt),
      arn,
    };
  }

  /** Ends every session of a role now. */
  expire(roleArn: string): void {
    for (const entry of this.#entries.values()) {
      if (entry.isSession && entry.principal === roleArn) entry.expiresAt = this.#now() - 1;
    }
  }

  /** Who signed a request. Signatures are not checked. */
  callerOf(request: IncomingMessage): Caller | 'unknown' | 'expired' {
    const key = /Credential=(?<key>[^/]+)\//.exec(request.headers.authorization ?? '')?.groups?.['key'];
    const entry = this.#entries.get(key ?? '');
    if (entry === undefined) return 'unknown';
    if (entry.token !== undefined && request.headers['x-amz-security-token'] !== entry.token)
      return 'unknown';
    return this.#now() < entry.expiresAt ? entry : 'expired';
  }
}
