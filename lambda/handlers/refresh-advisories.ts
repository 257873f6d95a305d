import { refreshAdvisories } from '../scan/index.ts';
import { HandlerError } from './errors.ts';
import { type Hub, openHub } from './hub.ts';

/** What the caller, a schedule or a person, is told. */
export type RefreshAnswer = {
  readonly updated: readonly string[];
  readonly unchanged: readonly string[];
  readonly failed: readonly string[];
  readonly imagesToMatch: number;
};

/** Brings the advisories up to date. Sources that fail keep their old state; fails itself when all of them do. */
export async function refresh(hub: Hub): Promise<RefreshAnswer> {
  const { telemetry } = hub;
  try {
    const { update, images, oldestHours } = await refreshAdvisories(hub.refreshing());
    for (const failure of update.failures) {
      telemetry.warn('an advisory source failed', { ...failure });
    }
    telemetry.count('AdvisoryFeedsFailed', update.failures.length);
    // An age that is not told sets off the alarm.
    if (oldestHours !== undefined) telemetry.count('AdvisoryAgeHours', oldestHours);
    const updated = update.updated.map(({ source }) => source);
    telemetry.info('advisories', {
      updated: updated.join(' '),
      unchanged: update.unchanged.length,
      failed: update.failures.length,
      imagesToMatch: images,
    });
    if (update.failures.length > 0 && updated.length + update.unchanged.length === 0) {
      throw new HandlerError(
        'advisories-unavailable',
        `no advisory source could be had: ${update.failures[0]?.detail ?? ''}`,
        { retryable: true },
      );
    }
    return {
      updated,
      unchanged: update.unchanged,
      failed: update.failures.map(({ source }) => source),
      imagesToMatch: images,
    };
  } finally {
    telemetry.flush();
  }
}

let hub: Hub | undefined;

/** AWS Lambda calls this when the schedule says so. */
export async function handler(): Promise<RefreshAnswer> {
  hub ??= openHub('refresh-advisories', process.env);
  return await refresh(hub);
}
