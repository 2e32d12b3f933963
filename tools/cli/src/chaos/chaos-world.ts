import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  databaseUrl,
  type RunningService,
  type Stack,
  type StackOptions,
  startStack,
} from '@defter/embedded';
import pg from 'pg';
import { persistently, Stage, type StageUrls, until } from '../demo/stage.js';
import { type ChaosPoint, type Victim, VICTIMS } from './crash-point-list.js';

/** Waits of seconds where production has minutes, so that what is unknown gets known within a round. */
const ENV = {
  LOG_LEVEL: 'warn',
  KAFKA_SESSION_TIMEOUT: '2s',
  PROVIDER_TIMEOUT: '700ms',
  LEDGER_TIMEOUT: '1s',
  OPERATION_LEASE: '2s',
  LOOKUP_LADDER: '300ms,500ms,1s,1s,2s,2s,4s,8s,16s,30s',
  RESEND_LADDER: '200ms,500ms,1s,2s,4s,8s,16s,30s',
  PENDING_LOOKUP_AFTER: '1500ms',
  RESERVE_RETRY: '700ms',
};

/** A switchable bug, and the service whose laboratory build has it. */
export interface Bug {
  readonly victim: Victim;
  readonly name: string;
}

/** What a test may want otherwise. */
export interface WorldOptions extends Pick<StackOptions, 'env' | 'roles'> {
  /** Told the addresses before the first call. */
  readonly prepare?: (urls: StageUrls) => void;
}

type StoreName = 'payments' | 'ledger' | 'webhook_ingress';

/** The whole system as processes of its own, with the mock provider, for one tenant. */
export class ChaosWorld {
  private bug: Bug | undefined;
  private readonly stores = new Map<StoreName, pg.Pool>();

  private constructor(
    readonly stack: Stack,
    readonly stage: Stage,
  ) {}

  static async start({ env = {}, roles = {}, prepare }: WorldOptions = {}): Promise<ChaosWorld> {
    const dir = mkdtempSync(join(tmpdir(), 'defter-chaos-'));
    const replicas = { reconciliation: 0 };
    const stack = await startStack({ dir, replicas, roles, env: { ...ENV, ...env } });
    const urls = {
      ledger: stack.service('ledger').url,
      payments: stack.service('payments').url,
      reconciliation: '',
      mockPsp: stack.service('mock-psp').url,
    };
    prepare?.(urls);
    const noKill = () => Promise.reject(new Error('crash points do the killing'));
    const stage = new Stage(stack.addTenant('t_chaos'), urls, noKill);
    const world = new ChaosWorld(stack, stage);
    try {
      await world.openLedger();
      for (const name of ['payments', 'ledger', 'webhook_ingress'] as const) world.connect(name);
      return world;
    } catch (error) {
      await world.stop();
      throw error;
    }
  }

  get ingressUrl(): string {
    return this.stack.service('webhook-ingress').url;
  }

  /** Starts the service with the point armed. @returns a watch that starts it again without it */
  async arm({ victim, point }: ChaosPoint, nth: number): Promise<Watch> {
    // The point may strike before the service is ready; the watch sees it.
    await this.restart(victim, { DEFTER_CRASH_POINT: `${point}:${nth}` }).catch(() => undefined);
    return new Watch(this.stack.service(victim), () => this.restart(victim, {}));
  }

  /** From the next start of its service on, the bug is there; undefined heals. */
  infect(bug: Bug | undefined): void {
    this.bug = bug;
  }

  /** From now on services note which points they pass. @returns a look at their names so far */
  async notePassages(): Promise<() => readonly string[]> {
    const fileOf = (victim: Victim): string => join(this.stack.dir, `passages-${victim}`);
    for (const victim of VICTIMS) {
      const service = this.stack.service(victim);
      const env = { DEFTER_BUG: 'note-passages', CRASH_PASSAGES_FILE: fileOf(victim) };
      service.alter({ env, main: 'laboratory.fixture.js' });
      await service.stop();
      await service.start();
    }
    const pointsIn = (victim: Victim): readonly string[] =>
      existsSync(fileOf(victim)) ? readFileSync(fileOf(victim), 'utf8').trim().split('\n') : [];
    return () => VICTIMS.flatMap((victim) => pointsIn(victim).map((point) => `${victim}/${point}`));
  }

  async rows<R extends object>(name: StoreName, sql: string, parameters: unknown[] = []): Promise<R[]> {
    const store = this.stores.get(name);
    if (store === undefined) throw new Error(`not connected to ${name}`);
    return (await store.query<R>(sql, parameters)).rows;
  }

  async stop(): Promise<void> {
    for (const store of this.stores.values()) await store.end();
    await this.stack.stop();
    rmSync(this.stack.dir, { recursive: true, force: true });
  }

  /** An orderly end and a new start, with the bug of its service if there is one. */
  async restart(victim: Victim, env: Readonly<Record<string, string>>): Promise<void> {
    const service = this.stack.service(victim);
    const bug = this.bug?.victim === victim ? this.bug.name : undefined;
    service.alter(
      bug === undefined ? { env } : { env: { ...env, DEFTER_BUG: bug }, main: 'laboratory.fixture.js' },
    );
    await service.stop();
    await service.start();
  }

  private connect(name: StoreName): void {
    const connectionString = databaseUrl(this.stack.postgres.url, name, 'migrator');
    this.stores.set(name, new pg.Pool({ connectionString, max: 3 }));
  }

  /** By the first deposit; what a round needs before is given in this ledger. */
  private async openLedger(): Promise<void> {
    const wish = {
      ...{ amount_minor: 1_000, currency: 'TRY', customer_id: 'first', merchant_reference: 'first' },
      ...{ confirm: true, payment_method: 'tok_visa' },
    };
    const { id } = await until('the new tenant', () =>
      persistently(() => this.stage.payments.createIntent(wish, 'first')).catch(() => undefined),
    );
    await until('the first deposit', async () => {
      const { bookings } = await this.stage.payments.intent(id);
      return bookings.some(({ state }) => state === 'booked') ? true : undefined;
    });
  }
}

const LOOK_MS = 20;

/** Waits for the armed service to be struck, and starts it again at once, without the point. */
export class Watch {
  struck = false;
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>;

  constructor(
    private readonly service: RunningService,
    private readonly startAgain: () => Promise<void>,
  ) {
    this.running = this.run();
  }

  /** Ends the watch: a service that was not struck is started again without the point. */
  async end(): Promise<boolean> {
    this.stopping.abort();
    await this.running;
    if (!this.struck) await this.startAgain();
    return this.struck;
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      if (this.service.state === 'stopped' || this.service.state === 'failed') return this.onEnd();
      await sleep(LOOK_MS);
    }
  }

  /** Only a SIGKILL is the point's doing. */
  private async onEnd(): Promise<void> {
    this.struck = this.service.exit === undefined || this.service.exit.signal === 'SIGKILL';
    await this.startAgain();
  }
}
