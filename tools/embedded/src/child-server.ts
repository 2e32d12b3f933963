import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dockerKill, dockerRun } from './container.js';
import { endLeftover, writePidFile } from './process-identity.js';
import type { ServerCommand } from './server-command.js';
import { SetupError } from './setup-error.js';

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * A child process that never outlives us: the kernel signals it when we die, however we die (setpriv
 * --pdeathsig), and its pid file lets the next run end it should that ever fail. It does not keep our event
 * loop alive.
 */
export class ChildServer {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  exit: Exit | undefined;

  private constructor(
    private readonly child: ChildProcess,
    private readonly command: ServerCommand,
    private readonly logStart: number,
  ) {
    this.pid = child.pid ?? 0;
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.exit = { code, signal };
        rmSync(command.pidFile, { force: true });
        resolve(this.exit);
      });
    });
    child.unref();
  }

  /**
   * Starts the process; whether it is ready is the caller's question. Throws SetupError when it cannot run.
   */
  static async start(command: ServerCommand): Promise<ChildServer> {
    const running = await endLeftover(command.pidFile);
    if (running !== undefined) {
      throw new SetupError(
        `${command.name} already runs here as process ${running.pid}, started by ${running.owner.pid}`,
        `Stop that one first (./defter down, or kill ${running.owner.pid})`,
      );
    }
    if (command.container !== undefined) await dockerKill(command);
    mkdirSync(dirname(command.logFile), { recursive: true });
    const log = openSync(command.logFile, 'a');
    const logStart = statSync(command.logFile).size;
    const child = spawn('setpriv', privileges(command), {
      stdio: ['ignore', log, log],
      detached: true, // its own process group: Ctrl-C in the terminal is for us, and we end it in order
      env: command.container === undefined ? (command.env ?? process.env) : process.env,
      ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
    });
    closeSync(log);
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', () => {
        reject(
          new SetupError(
            `Cannot run setpriv to start ${command.name}`,
            'Install it: apt-get install util-linux',
          ),
        );
      });
    });
    const server = new ChildServer(child, command, logStart);
    writePidFile(command.pidFile, server.pid);
    return server;
  }

  /** SIGKILL, as a crash would; returns when the process is gone. */
  async kill(): Promise<void> {
    await this.signal('SIGKILL');
  }

  /** An orderly end; SIGKILL after `graceMs`. Stopping twice is fine. */
  async stop(graceMs = 15_000): Promise<Exit> {
    const exited = this.signal(this.command.stopSignal ?? 'SIGTERM');
    const timeout = new AbortController();
    const tooLate = sleep(graceMs, 'late' as const, { signal: timeout.signal }).catch(() => 'late' as const);
    if ((await Promise.race([exited, tooLate])) === 'late') await this.signal('SIGKILL');
    timeout.abort();
    return exited;
  }

  /** Waits for its end, and keeps our event loop alive meanwhile. */
  untilExit(): Promise<Exit> {
    this.child.ref();
    return this.exited;
  }

  /** What the process logged since it started, at most the last `lines` lines. */
  logTail(lines = 15): string {
    const written = readFileSync(this.command.logFile).subarray(this.logStart).toString('utf8');
    return written.trimEnd().split('\n').slice(-lines).join('\n');
  }

  private async signal(signal: NodeJS.Signals): Promise<Exit> {
    // An unreferenced child would let Node end while someone awaits its exit.
    this.child.ref();
    if (this.exit !== undefined) return this.exited;
    // Of all signals Docker's client keeps this one to itself: it would die, and the server would live on.
    if (signal === 'SIGKILL' && this.command.container !== undefined) await this.killContainer();
    else this.child.kill(signal);
    return this.exited;
  }

  /** Until it is gone: the client may have asked for it a moment ago, and it may not be there yet. */
  private async killContainer(): Promise<void> {
    while (this.exit === undefined) {
      await dockerKill(this.command);
      const again = new AbortController();
      await Promise.race([
        this.exited,
        sleep(500, undefined, { signal: again.signal }).catch(() => undefined),
      ]);
      again.abort();
    }
  }
}

function privileges(server: ServerCommand): string[] {
  const { command, args, user, container, orphanSignal = 'SIGKILL' } = server;
  const death = ['--pdeathsig', orphanSignal.replace('SIG', '')];
  if (container !== undefined) return [...death, '--', ...dockerRun(server, container)];
  const drop =
    user === undefined ? [] : ['--reuid', `${user.uid}`, '--regid', `${user.gid}`, '--clear-groups'];
  return [...death, ...drop, '--', command, ...args];
}
