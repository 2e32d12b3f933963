import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CHECKOUT,
  databaseUrl,
  type Stack,
  startStack,
  StackSettings,
  type TenantAccess,
} from '@defter/embedded';
import pg from 'pg';
import { persistently } from '../demo/stage.js';
import { SOAK_LEDGER } from './planner.js';
import type { Door } from './soak-client.js';

const LEDGER = 'soak';
const NOTHING_ELSE = { payments: 0, 'webhook-ingress': 0, reconciliation: 0, 'mock-psp': 0 };

/** Two ledgers on a PostgreSQL and a Kafka of their own, in a folder of their own. */
export class SoakWorld {
  private constructor(
    readonly stack: Stack,
    private readonly tenant: TenantAccess,
  ) {}

  static async start(say: (line: string) => void): Promise<SoakWorld> {
    const dir = mkdtempSync(join(tmpdir(), 'defter-soak-'));
    const stack = await startStack({
      dir,
      replicas: { ledger: 2, ...NOTHING_ELSE },
      env: { LOG_LEVEL: 'warn' },
      onProgress: say,
    });
    const world = new SoakWorld(stack, stack.addTenant('t_soak'));
    allowAll(dir, world.tenant.id);
    await persistently(() => world.open());
    return world;
  }

  get door(): Door {
    const urls = [0, 1].map((replica) => this.stack.service('ledger', replica).url);
    return { urls, token: this.tenant.apiKey, ledger: LEDGER };
  }

  get messageKey(): string {
    return `${this.tenant.id}/${LEDGER}`;
  }

  /** A connection that may read every table. */
  async connect(): Promise<{ readonly client: pg.Client; readonly ledgerId: number }> {
    const client = new pg.Client({ connectionString: this.databaseUrl });
    await client.connect();
    const sql = 'select ledger_id from ledger where tenant_id = $1 and name = $2';
    const { rows } = await client.query<{ ledger_id: number }>(sql, [this.tenant.id, LEDGER]);
    return { client, ledgerId: rows[0]?.ledger_id ?? 0 };
  }

  /**
   * The ledger's own verification (chain of hashes, trees, every derived row); its words when it finds
   * something.
   */
  verify(): Promise<string | undefined> {
    const words = ['verify', '--tenant-id', this.tenant.id, '--ledger', LEDGER];
    const main = join(CHECKOUT, 'apps/ledger/dist/main.js');
    const { file, checkpointKeyFile } = new StackSettings(this.stack.dir);
    const env = {
      ...process.env,
      MIGRATOR_DATABASE_URL: this.databaseUrl,
      CHECKPOINT_KEY_FILE: checkpointKeyFile,
      TENANTS_FILE: file,
    };
    const child = spawn(process.execPath, [main, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)));
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        resolve(code === 0 ? undefined : said.slice(-2_000));
      });
    });
  }

  /** Starts replicas that have ended by themselves: a consumer that dies takes its process with it. */
  async revive(): Promise<number> {
    let revived = 0;
    for (const replica of [0, 1].map((index) => this.stack.service('ledger', index))) {
      const isAlive = await fetch(`${replica.managementUrl}/livez`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (isAlive) continue;
      await replica.kill();
      await replica.start();
      revived += 1;
    }
    return revived;
  }

  async stop(): Promise<void> {
    await this.stack.stop();
    rmSync(this.stack.dir, { recursive: true, force: true });
  }

  private get databaseUrl(): string {
    return databaseUrl(this.stack.postgres.url, 'ledger', 'migrator');
  }

  /** Opens the ledger; services see a new tenant at their next look. */
  private async open(): Promise<void> {
    const { urls, token } = this.door;
    for (let tries = 0; ; tries++) {
      const response = await fetch(`${urls[0]}/v2/${LEDGER}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(SOAK_LEDGER),
      });
      if (response.ok) return;
      if (tries === 100) throw new Error(`The ledger was not opened: ${await response.text()}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

interface Settings {
  readonly tenants: readonly {
    readonly id: string;
    readonly keys: readonly { readonly scopes: string[] }[];
  }[];
}

/** Rules and forced reversals need scopes that the tenant's own key doesn't have. */
const allowAll = (dir: string, tenantId: string): void => {
  const { file } = new StackSettings(dir);
  const settings = JSON.parse(readFileSync(file, 'utf8')) as Settings;
  settings.tenants.find(({ id }) => id === tenantId)?.keys[0]?.scopes.push('ledger:admin', 'ledger:force');
  writeFileSync(`${file}.soak`, JSON.stringify(settings), { mode: 0o600 });
  renameSync(`${file}.soak`, file);
};
