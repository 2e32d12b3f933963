import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** A ledger in a process of its own, as it was built: its memory and its sockets are those of production. */
export class LedgerProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  /** Ready when this returns. `env` is that of a `TestLedger`, whose database it shares. */
  static async start(role: string, env: Readonly<Record<string, string>>): Promise<LedgerProcess> {
    const child = spawn(process.execPath, [MAIN, role], {
      env: { ...env, LOG_LEVEL: 'info' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    for await (const line of createInterface({ input: child.stdout })) {
      const { url } = JSON.parse(line) as { url?: string };
      if (url === undefined) continue;
      // What it says from now on is of no interest, but must not fill the pipe.
      child.stdout.resume();
      return new LedgerProcess(child, url);
    }
    throw new Error(`the ledger ended before it was ready (${child.exitCode ?? child.signalCode})`);
  }

  /** The most memory that it ever had resident, in megabytes. */
  peakMegabytes(): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
    if (kilobytes === undefined) throw new Error('the system does not tell the memory of a process');
    return Number.parseInt(kilobytes, 10) / 1024;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await exit;
  }
}
