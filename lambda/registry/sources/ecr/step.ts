import { messageOf } from '../../../shared/errors.ts';
import { RegistryError } from '../../errors.ts';

/** What one step of connecting and reading came to; the same shape as a check of an integration. */
export type EcrCheck = {
  readonly id:
    | 'reader-role'
    | 'assume-role'
    | 'wrong-external-id-refused'
    | 'missing-external-id-refused'
    | 'account'
    | 'log-in'
    | 'list-repositories'
    | 'describe-images'
    | 'list-images'
    | 'read-manifests'
    | 'read-layers';
  /** The region; absent for what is of no region. */
  readonly on?: string;
  readonly outcome: 'passed' | 'warning' | 'failed' | 'skipped';
  readonly detail: string;
  readonly remedy?: string;
};
export type Step = Omit<EcrCheck, 'id' | 'on'>;

/** What was looked for is so. */
export function passed(detail: string): Step {
  return { outcome: 'passed', detail };
}

/** Not tried, as something before it did not pass. */
export const NOT_TRIED: Step = {
  outcome: 'skipped',
  detail: 'not tried: a step before did not pass',
  remedy: 'see the step that failed',
};

/** What an error makes of a step. Anything but a `RegistryError` is a defect, and thrown on. */
export function stopped(error: unknown, outcome: 'failed' | 'warning', remedy: string): Step {
  if (!(error instanceof RegistryError)) throw error;
  const { sentence, remedy: own } = error.data;
  const detail = typeof sentence === 'string' ? sentence : messageOf(error);
  // Whatever the step was about: it is the login that lacks.
  if (error.code === 'unauthorized' && typeof own === 'string') return { outcome, detail, remedy: own };
  return { outcome, detail, remedy: error.retryable ? 'try again in a while' : remedy };
}
