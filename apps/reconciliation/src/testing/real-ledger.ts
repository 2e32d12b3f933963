/** The ledger as it was built, in a process of its own, for the tenants of a stand. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort, type TestDatabase, testDatabase } from '@defter/testing';

const MAIN = fileURLToPath(new URL('../../../ledger/dist/main.js', import.meta.url));
const MIGRATIONS = new URL('../../../ledger/migrations/', import.meta.url);

/** A transaction as the ledger's API shows it. */
export interface Booked {
  readonly id: number;
  readonly postings: readonly { source: string; destination: string; amount: number; asset: string }[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly reference?: string;
  readonly reverted: boolean;
}

export class RealLedger {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly database: TestDatabase,
    readonly ports: { readonly http: number; readonly grpc: number },
  ) {}

  /** Nothing runs yet: `start` does that, when the tenants are known. */
  static async prepare(): Promise<RealLedger> {
    if (!existsSync(MAIN)) throw new Error('Build first: npx nx run ledger:build');
    const ports = { http: await freePort(), grpc: await freePort() };
    return new RealLedger(await testDatabase({ migrations: MIGRATIONS }), ports);
  }

  /** Where reconciliation finds it. */
  get env(): Record<string, string> {
    const { http, grpc } = this.ports;
    return { LEDGER_URL: `http://127.0.0.1:${http}`, LEDGER_GRPC_URL: `127.0.0.1:${grpc}` };
  }

  /** Ready when this returns; without its worker, which would take commands of other tests from Kafka. */
  async start(tenantsFile: string): Promise<void> {
    const { http, grpc } = this.ports;
    const env = {
      ...{ PATH: process.env['PATH'], DATABASE_URL: this.database.url, TENANTS_FILE: tenantsFile },
      ...{ HTTP_PORT: `${http}`, GRPC_PORT: `${grpc}`, MANAGEMENT_PORT: '0', LOG_LEVEL: 'info' },
      KAFKA_BROKERS: '127.0.0.1:1',
    };
    const child = spawn(process.execPath, [MAIN, 'http,grpc'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    this.child = child;
    let said = '';
    for await (const line of createInterface({ input: child.stdout })) {
      said += line;
      if (!/"url":"/.test(line)) continue;
      child.stdout.resume();
      return;
    }
    throw new Error(`the ledger ended before it was ready: ${said}`);
  }

  /** A pause: it neither answers nor loses anything. */
  pause(): void {
    this.child?.kill('SIGSTOP');
  }

  resume(): void {
    this.child?.kill('SIGCONT');
  }

  /** kill -9. */
  async kill(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }

  async stop(): Promise<void> {
    await this.kill();
    await this.database.stop();
  }

  /** @throws Error for any answer but 2xx */
  async call<T>(method: string, path: string, as: string, body?: object): Promise<T> {
    const response = await fetch(`${this.env['LEDGER_URL']}/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** The ledger `main`, as payments opens it, with money in these wallets. */
  async open(as: string, wallets: Readonly<Record<string, number>>): Promise<void> {
    const accountTypes = ['psp:*', 'fees:*'].map((pattern) => ({ pattern, mayOverdraw: true }));
    await this.call('POST', '/main', as, { accountTypes });
    const postings = Object.entries(wallets).map(([destination, amount]) => ({
      ...{ source: 'world', destination, amount, asset: 'TRY/2' },
    }));
    await this.call('POST', '/main/transactions', as, { postings });
  }

  /** Every transaction of a finding: what an auditor finds by its metadata. */
  async bookedFor(findingId: string, as: string): Promise<Booked[]> {
    const query = encodeURIComponent(JSON.stringify({ $match: { 'metadata[finding]': findingId } }));
    const page = await this.call<{ cursor: { data: Booked[] } }>(
      ...(['GET', `/main/transactions?query=${query}`, as] as const),
    );
    return page.cursor.data;
  }

  async balance(account: string, as: string): Promise<number> {
    const answer = await this.call<{ data: { volumes?: Record<string, { input: number; output: number }> } }>(
      ...(['GET', `/main/accounts/${account}?expand=volumes`, as] as const),
    );
    const { input, output } = answer.data.volumes?.['TRY/2'] ?? { input: 0, output: 0 };
    return input - output;
  }
}
