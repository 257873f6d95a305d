/** Exit codes of the two scripts: 1 is every refusal of the published scripts, 2 a command line that makes no sense. */
export const EXIT = { ok: 0, refused: 1, usage: 2, interrupted: 130 } as const;

/** Why a run ends early, in sentences for whoever started it; the first is the message, `more` follows it. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly exitCode: number;
  readonly more: readonly string[];

  constructor(
    message: string,
    options: {
      readonly exitCode?: number;
      readonly more?: readonly string[];
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.exitCode = options.exitCode ?? EXIT.refused;
    this.more = options.more ?? [];
  }
}
