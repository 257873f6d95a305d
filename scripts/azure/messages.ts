import { safeText } from '../../lambda/shared/text.ts';

/** Where lines go: results to standard output, errors and progress to standard error. */
export interface Output {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

/** Lines with the prefixes of the published scripts, which other scripts look for. */
export interface Messages {
  info(text: string): void;
  ok(text: string): void;
  dry(text: string): void;
  error(text: string): void;
  /** Without a prefix; an empty line parts sections. */
  plain(text: string): void;
}

/** Texts may hold what Azure or Pulumi answered: control characters in them do not reach the terminal. */
export function messagesTo({ out, err }: Output): Messages {
  return {
    info: (text) => out(`[INFO] ${safeText(text)}`),
    ok: (text) => out(`[OK] ${safeText(text)}`),
    dry: (text) => out(`[DRY-RUN] ${safeText(text)}`),
    error: (text) => err(`[ERROR] ${safeText(text)}`),
    plain: (text) => out(safeText(text)),
  };
}

/** The notice that a dry run begins with. */
export function dryRunBanner(messages: Messages): void {
  messages.plain('');
  messages.plain('========== DRY RUN MODE ==========');
  messages.plain('No changes will be made');
  messages.plain('==================================');
}
