/**
 * Something about this machine that a person has to mend. The message is one line and ends with the remedy.
 */
export class SetupError extends Error {
  override readonly name = 'SetupError';

  constructor(what: string, remedy: string) {
    super(`${what}. ${remedy}`);
  }
}

/** A part of the stack that ended or never got ready, with the last words of its log. */
export class PartFailed extends Error {
  override readonly name = 'PartFailed';

  constructor(
    /** Its name, such as `ledger` or `payments-migrations`. */
    readonly part: string,
    readonly what: string,
    readonly log: { readonly logFile: string; readonly logTail: string },
  ) {
    super(`${part} ${what} (see ${log.logFile}): ${log.logTail}`);
  }
}

/**
 * The `code` of a system error (`ENOENT`, `EADDRINUSE`, …), else undefined. Errors of another realm (Jest)
 * count too.
 */
export const systemCode = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
