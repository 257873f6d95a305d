import { inflateSync } from 'node:zlib';
import { messageOf } from '../../../shared/errors.ts';
import { MiB } from '../../../shared/units.ts';
import type { Executable } from '../../executable/index.ts';
import { parseJson } from '../../json.ts';
import type { ProblemList } from '../../problem-list.ts';
import { type AuditData, auditDataSchema } from './schema.ts';

/**
 * The section `.dep-v0` (on Mach-O in the segment `__DATA`) holds JSON compressed with zlib; "8 MiB should be more than enough":
 * https://github.com/rust-secure-code/cargo-auditable/blob/061c5dea6e0985ba51a67989d2947c9fb12a32cc/PARSING.md
 */
const SECTION = '.dep-v0';
const MAX_INFLATED_BYTES = 8 * MiB;

/** Audit data of one executable; `undefined` when it has none, and with a problem when it cannot be read. */
export function readAuditData(
  executable: Executable,
  path: string,
  problems: ProblemList,
): AuditData | undefined {
  const section = executable.sections.find(({ name, size }) => name === SECTION && size > 0);
  if (section === undefined) return undefined;
  if (section.size > MAX_INFLATED_BYTES) {
    problems.add('too-large', 'audit data of cargo-auditable is larger than 8 MiB');
    return undefined;
  }
  const json = inflate(executable.bytes.read(section.offset, section.size), problems);
  if (json === undefined) return undefined;
  const document = parseJson(json, path);
  if ('problem' in document) {
    problems.add(document.problem.code, `audit data of cargo-auditable: ${document.problem.detail}`);
    return undefined;
  }
  const checked = auditDataSchema.safeParse(document.value);
  if (checked.success) return checked.data;
  problems.add('malformed', 'audit data of cargo-auditable does not follow its schema');
  return undefined;
}

function inflate(compressed: Buffer, problems: ProblemList): Buffer | undefined {
  try {
    return inflateSync(compressed, { maxOutputLength: MAX_INFLATED_BYTES });
  } catch (error) {
    const tooLarge = (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE';
    const reason = tooLarge ? 'larger than 8 MiB' : messageOf(error);
    problems.add(tooLarge ? 'too-large' : 'malformed', `audit data of cargo-auditable: ${reason}`);
    return undefined;
  }
}
