/** One word after `./defter`. `run` returns the exit code. */
export interface Command {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  /** What else `--help` says of it. */
  readonly details?: readonly string[];
  readonly run: (args: readonly string[]) => Promise<number>;
}

/** Wrong use of a command: one line, exit code 2. */
export class UsageError extends Error {}
