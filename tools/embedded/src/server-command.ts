import type { SystemUser } from './system-user.js';

/** A container that runs a server. */
export interface Container {
  readonly image: string;
  /** What it shares with this machine, under the same paths. */
  readonly folders: readonly string[];
  /** What it may take, as Docker writes it (`1g`): above that the kernel ends it, not others. */
  readonly memory: string;
}

/** How one server process is run. */
export interface ServerCommand {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly user?: SystemUser | undefined;
  readonly logFile: string;
  readonly pidFile: string;
  /** Runs it in there; our child is then Docker's client. */
  readonly container?: Container | undefined;
  /** Asks for an orderly end (default SIGTERM). */
  readonly stopSignal?: NodeJS.Signals;
  /** Sent by the kernel when our process dies (default SIGKILL, which also ends a stopped process). */
  readonly orphanSignal?: NodeJS.Signals;
}
