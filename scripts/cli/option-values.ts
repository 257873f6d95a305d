import { SEVERITY_LEVELS, type SeverityLevel } from '../../lambda/vulnerabilities/index.ts';
import { UsageError } from './failure.ts';

/** The severity that an option names. Throws `UsageError`. */
export function levelOf(text: string): SeverityLevel {
  const level = SEVERITY_LEVELS.find((known) => known === text.trim().toLowerCase());
  if (level !== undefined) return level;
  throw new UsageError(
    `there is no severity ${JSON.stringify(text)}: choose among ${SEVERITY_LEVELS.join(', ')}`,
  );
}

/** The hours of --max-db-age. Throws `UsageError`. */
export function hoursOf(text: string): number {
  const hours = Number(text);
  if (text.trim() !== '' && Number.isFinite(hours) && hours >= 0) return hours;
  throw new UsageError(`--max-db-age takes a number of hours, not ${JSON.stringify(text)}`);
}
