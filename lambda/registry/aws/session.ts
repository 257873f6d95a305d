import { MINUTE_MS } from '../../shared/units.ts';

export type AwsCredentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Absent for those that do not end. */
  readonly expiration?: Date;
};

/** Gives credentials that hold for a while. `memoized` tells the SDK that it need not keep them as well. */
export type CredentialsProvider = (() => Promise<AwsCredentials>) & { readonly memoized?: boolean };

/** Left of a session when it is renewed: what is asked with it must not end halfway. */
const MARGIN_MS = 5 * MINUTE_MS;

/** One session of a role, opened when first asked for, and anew in time before it ends. Askers at the same time share one. */
export class Session {
  readonly #open: () => Promise<AwsCredentials>;
  readonly #now: () => number;
  #current: AwsCredentials | undefined;
  #pending: Promise<AwsCredentials> | undefined;

  /** `now`: milliseconds since 1970. */
  constructor(open: () => Promise<AwsCredentials>, now: () => number) {
    this.#open = open;
    this.#now = now;
  }

  readonly credentials: CredentialsProvider = Object.assign(
    async () => {
      const current = this.#current;
      if (current !== undefined && !this.#endsSoon(current)) return current;
      this.#pending ??= this.#renewed().finally(() => {
        this.#pending = undefined;
      });
      return this.#pending;
    },
    { memoized: true },
  );

  /** Opens another session at the next use: AWS says that this one has ended. */
  forget(): void {
    this.#current = undefined;
  }

  #endsSoon({ expiration }: AwsCredentials): boolean {
    return expiration !== undefined && expiration.getTime() - this.#now() < MARGIN_MS;
  }

  async #renewed(): Promise<AwsCredentials> {
    this.#current = await this.#open();
    return this.#current;
  }
}
