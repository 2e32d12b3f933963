/** A ledger service as production runs it, on a database of its own, for this app's integration tests. */
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createApp, type RunningService } from '@defter/platform';
import { scratchFolder, type TestDatabase, testDatabase } from '@defter/testing';
import { service } from './service.js';

const ALL = ['ledger:read', 'ledger:write', 'ledger:admin', 'ledger:force'];

/** A new key for signing checkpoints. */
export const checkpointKey = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Tokens of the two tenants `t_one` and `t_two`, and of a reader of the first. */
export interface Tokens {
  readonly one: string;
  readonly two: string;
  readonly reader: string;
  readonly service: string;
}

interface BalanceView {
  readonly posted: number;
  readonly available: number;
  readonly pendingOut: number;
  readonly pendingIn: number;
}

export interface CallOptions {
  /** Written as JSON; bigints as text. */
  readonly body?: unknown;
  /** Sent as it is. */
  readonly raw?: string;
  /** Another token than the first tenant's; empty for none. */
  readonly token?: string;
  readonly headers?: object;
}

const contentOf = ({ body, raw }: CallOptions): string | undefined => {
  if (raw !== undefined || body === undefined) return raw;
  return JSON.stringify(body, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
};

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; use `text` where a number may be beyond 2^53. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into foreign JSON
  readonly body: any;
}

export class TestLedger {
  readonly replicas: RunningService[] = [];
  private turn = 0;

  private constructor(
    readonly database: TestDatabase,
    readonly tokens: Tokens,
    /** What a process of this service is started with. */
    readonly env: Readonly<Record<string, string>>,
  ) {}

  static async start(
    options: { replicas?: number; roles?: string[]; env?: Record<string, string> } = {},
  ): Promise<TestLedger> {
    const database = await testDatabase({ migrations: service.migrations as URL });
    const token = () => `dk_${randomBytes(16).toString('hex')}`;
    const tokens = { one: token(), two: token(), reader: token(), service: token() };
    const file = join(scratchFolder('ledger'), 'tenants.json');
    writeFileSync(file, JSON.stringify(settings(tokens)));
    const ledger = new TestLedger(database, tokens, {
      HTTP_PORT: '0',
      MANAGEMENT_PORT: '0',
      GRPC_PORT: '0',
      DATABASE_URL: database.url,
      KAFKA_BROKERS: '127.0.0.1:1',
      TENANTS_FILE: file,
      LOG_LEVEL: 'fatal',
      CHECKPOINT_KEY: checkpointKey(),
      ...options.env,
    });
    for (let index = 0; index < (options.replicas ?? 1); index++)
      await ledger.addReplica(options.roles ?? ['http']);
    return ledger;
  }

  async addReplica(roles: string[]): Promise<RunningService> {
    const running = await createApp(service, roles, this.env);
    this.replicas.push(running);
    return running;
  }

  async stop(): Promise<void> {
    await Promise.all(this.replicas.map((replica) => replica.stop()));
    await this.database.stop();
  }

  /** Calls the replicas in turn. */
  async call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const replica = this.replicas[this.turn++ % this.replicas.length];
    const { token = this.tokens.one, headers = {} } = options;
    const content = contentOf(options);
    const response = await fetch(`${replica?.url}${path}`, {
      method,
      headers: {
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
        ...(content === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(content === undefined ? {} : { body: content }),
    });
    const text = await response.text();
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    return { status: response.status, headers: response.headers, text, body };
  }

  open(name: string, body: object = {}): Promise<Answer> {
    return this.call('POST', `/v2/${name}`, { body });
  }

  transfer(
    ledger: string,
    posting: { from: string; to: string; amount: bigint | number | string; asset?: string },
    extra: { key?: string; members?: object } = {},
  ): Promise<Answer> {
    const { from, to, amount, asset = 'TRY/2' } = posting;
    return this.call('POST', `/v2/${ledger}/transactions`, {
      body: { postings: [{ source: from, destination: to, amount, asset }], ...extra.members },
      headers: extra.key === undefined ? {} : { 'idempotency-key': extra.key },
    });
  }

  async balance(ledger: string, account: string): Promise<BalanceView> {
    const answer = await this.call('GET', `/v2/${ledger}/accounts/${account}/balances`);
    return (
      (answer.body as { data: BalanceView[] }).data[0] ?? {
        posted: 0,
        available: 0,
        pendingOut: 0,
        pendingIn: 0,
      }
    );
  }

  /** One digest over every table that holds money or says what happened. */
  async digest(): Promise<string> {
    const tables = [
      'event',
      'posting',
      'balance',
      'transaction',
      'hold',
      'account',
      'batch',
      'ledger_head',
      'refused_key',
      'ledger',
      'account_type',
      'outbox',
    ];
    const parts = await Promise.all(
      tables.map((table) =>
        this.database.database.query<{ digest: string }>(
          `select coalesce(md5(string_agg(t::text, '' order by t::text)), '') as digest from "${table}" t`,
        ),
      ),
    );
    return parts.map(([row], index) => `${tables[index]} ${row?.digest}`).join('\n');
  }
}

const settings = (tokens: Tokens): object => {
  const tenant = (id: string, keys: object[]) => ({
    id,
    name: id,
    ledger: 'main',
    mode: 'demo_local',
    keys,
    connections: [],
    rateCard: { version: 1, providerFeeBasisPoints: 0, providerFeeFixedMinor: '0' },
  });
  const key = (id: string, token: string, scopes: string[]) => ({
    id,
    kind: 'machine',
    actor: id,
    tokenSha256: sha256(token),
    scopes,
  });
  return {
    services: [{ id: 'svc', tokenSha256: sha256(tokens.service), scopes: ['ledger:read', 'ledger:write'] }],
    tenants: [
      tenant('t_one', [key('k_one', tokens.one, ALL), key('k_reader', tokens.reader, ['ledger:read'])]),
      tenant('t_two', [key('k_two', tokens.two, ALL)]),
    ],
  };
};
