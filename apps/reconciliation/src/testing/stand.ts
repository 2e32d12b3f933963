/** A reconciliation service as production runs it, with a provider whose reports the test writes. */
import { createHash, randomBytes } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Provider } from '@nestjs/common';
import { parseSettings } from '@defter/backoffice-contracts';
import { type ManualClock, manualClock } from '@defter/kernel';
import type { ReportRef } from '@defter/payments-contracts';
import { createApp, Database, type RunningService, SettingsFile } from '@defter/platform';
import { mockPsp } from '@defter/provider-mock-psp';
import { scratchFolder, type TestDatabase, testDatabase } from '@defter/testing';
import type { FindingView, RunView } from '@defter/reconciliation-contracts';
import type { LedgerEventV1 } from '@defter/ledger-contracts';
import type { PaymentsEventV1 } from '@defter/payments-contracts';
import { entriesOf } from '../journal/journal-entries.js';
import { storeEntries } from '../journal/journal-store.js';
import { OperationStore } from '../operations/operation-store.js';
import { runExecution } from '../roles.js';
import { service } from '../service.js';
import { REPORT_SOURCES, type ReportSource } from '../sources.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const token = (): string => `dk_${randomBytes(16).toString('hex')}`;
const BASE = '/api/v1/payments/reconciliation';

/** Reports in memory, read by the real adapter's parser. */
export class Shelf {
  readonly files = new Map<string, { ref: ReportRef; text: string }>();
  listed = 0;
  /** Ids of the files that were fetched, in order. */
  readonly fetched: string[] = [];
  /** Set to make the provider unreachable. */
  away = false;
  /** Ids of files that can't be fetched. */
  readonly broken = new Set<string>();
  /** What each file waits for: a provider that takes its time. */
  delay: Promise<unknown> = Promise.resolve();

  /** Without `edition` the provider doesn't number its files. */
  put(businessOn: string, text: string, edition?: string): void {
    const ref = { id: `settlement-${businessOn}`, businessOn, ...(edition !== undefined && { edition }) };
    this.files.set(businessOn, { ref, text });
  }

  readonly reports = {
    list: () => {
      this.listed++;
      if (this.away) return Promise.reject(new Error('connection refused'));
      return Promise.resolve([...this.files.values()].map(({ ref }) => ref));
    },
    fetch: async ({ id, businessOn }: ReportRef) => {
      this.fetched.push(id);
      await this.delay;
      const file = this.files.get(businessOn);
      if (file === undefined || this.broken.has(id)) throw new Error('no such file');
      return Buffer.from(file.text);
    },
    parse: mockPsp.reports.parse,
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export class Stand {
  readonly shelf = new Shelf();
  readonly clock: ManualClock = manualClock(new Date('2026-02-10T09:00:00.000Z'));
  readonly tokens = {
    ...{ one: token(), two: token(), reader: token(), ayse: token(), mehmet: token() },
    ...{ operator: token() },
  };
  readonly replicas: RunningService[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly env: Record<string, string>,
  ) {}

  /** Without `work` nothing carries runs out: the test does it, with `once()`. */
  static async start(
    options: { roles?: string[]; env?: Record<string, string>; providers?: Provider[] } = {},
  ): Promise<Stand> {
    const database = await testDatabase({ migrations: service.migrations as URL });
    const file = join(scratchFolder('reconciliation'), 'tenants.json');
    const stand = new Stand(database, {
      ...{ HTTP_PORT: '0', MANAGEMENT_PORT: '0', DATABASE_URL: database.url, KAFKA_BROKERS: '127.0.0.1:1' },
      ...{
        TENANTS_FILE: file,
        LOG_LEVEL: 'silent',
        RUN_POLL: '20ms',
        SERVICE_TOKEN: 'dk_test',
        ...options.env,
      },
    });
    writeFileSync(file, JSON.stringify(stand.settings()));
    await stand.add(options.roles ?? ['http'], options.providers);
    return stand;
  }

  /** One more process of the service; its provider is the shelf unless told otherwise. */
  async add(
    roles: string[],
    providers: Provider[] = runExecution,
    source: ReportSource = {
      provider: { manifest: mockPsp.manifest, reports: this.shelf.reports },
      baseUrl: 'http://127.0.0.1:1',
    },
  ): Promise<RunningService> {
    const shelf = { provide: REPORT_SOURCES, useValue: new Map([['mock-psp', source]]) };
    const overrides = { clock: this.clock, providers: [OperationStore, ...providers, shelf] };
    const running = await createApp(service, roles, this.env, overrides);
    this.replicas.push(running);
    return running;
  }

  get app(): RunningService {
    const [first] = this.replicas;
    if (first === undefined) throw new Error('nothing runs');
    return first;
  }

  async stop(): Promise<void> {
    await Promise.all(this.replicas.map((replica) => replica.stop()));
    await this.database.stop();
  }

  async call(
    method: string,
    path: string,
    options: { body?: unknown; raw?: string; as?: string; key?: string; at?: string } = {},
  ): Promise<Answer> {
    const {
      body,
      raw = body === undefined ? undefined : JSON.stringify(body),
      as = this.tokens.one,
      key,
      at = this.app.url,
    } = options;
    const headers = {
      ...(as !== '' && { authorization: `Bearer ${as}` }),
      ...(raw !== undefined && { 'content-type': 'application/json' }),
      ...(key !== undefined && { 'idempotency-key': key }),
    };
    const response = await fetch(`${at}${BASE}${path}`, {
      method,
      headers,
      ...(raw !== undefined && { body: raw }),
    });
    const said = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      // Nothing where there is nothing to say (204).
      body: (said === '' ? {} : JSON.parse(said)) as Answer['body'],
    };
  }

  /** Settings of the first tenant's connection, from now on. */
  async changeConnection(change: object): Promise<void> {
    const file = this.env['TENANTS_FILE'] ?? '';
    writeFileSync(`${file}.new`, JSON.stringify(this.settings(change)));
    renameSync(`${file}.new`, file);
    await this.app.get(SettingsFile).reread(parseSettings);
  }

  /** Hands a file in; `more` are other members of the query. */
  async handIn(
    format: string,
    name: string,
    content: string | Uint8Array,
    { as = this.tokens.one, ...more }: Record<string, string> = {},
  ): Promise<Answer> {
    const named = { provider: 'mock-psp', connection_id: 'c_one', format, name };
    const query = new URLSearchParams({ ...named, ...more });
    const headers = { authorization: `Bearer ${as}`, 'content-type': 'text/plain' };
    const url = `${this.app.url}${BASE}/files?${query.toString()}`;
    const response = await fetch(url, { method: 'POST', headers, body: content });
    const body = (await response.json()) as Answer['body'];
    return { status: response.status, headers: response.headers, body };
  }

  /** Runs everything known now, waits for its end. What is of January no lag excuses any more. */
  async reconcile(body: object = {}): Promise<RunView> {
    const request = { provider: 'mock-psp', connection_id: 'c_one', ...body };
    return (await this.call('POST', '/run?wait=true', { body: request })).body as unknown as RunView;
  }

  /** All findings of the tenant, through the pages. */
  async findings(filter = ''): Promise<FindingView[]> {
    const all: FindingView[] = [];
    for (let cursor = ''; ;) {
      const { status, body } = await this.call('GET', `/findings?page_size=100${filter}${cursor}`);
      if (status !== 200) throw new Error(JSON.stringify(body));
      all.push(...(body['data'] as FindingView[]));
      if (body['next'] === undefined) return all;
      cursor = `&cursor=${String(body['next'])}`;
    }
  }

  /** What payments and the ledger would have told by Kafka. */
  async know(
    payments: readonly PaymentsEventV1[],
    ledger: readonly LedgerEventV1[],
    tenantId = 't_one',
  ): Promise<void> {
    const [database, store] = [this.app.get(Database), this.app.get(OperationStore)];
    await database.transaction(async (tx) => {
      for (const event of payments) await store.keepNewest(tx, tenantId, event);
      for (const event of ledger) await storeEntries(tx, tenantId, entriesOf(event));
    });
  }

  /** Rows of every table whose growth would be a double. */
  async sizes(): Promise<Record<string, number>> {
    const sizes: Record<string, number> = {};
    for (const table of [
      'report_file',
      'report_line',
      'match',
      'run_residue',
      'finding',
      'finding_change',
      'outbox',
    ]) {
      const [row] = await this.database.database.query<{ n: number }>(
        `select count(*)::int as n from ${table}`,
      );
      sizes[table] = row?.n ?? -1;
    }
    return sizes;
  }

  private settings(change: object = {}): object {
    const key = (id: string, kind: string, secret: string, scopes: string[]) => ({
      ...{ id, kind, actor: `${id}@test`, tokenSha256: sha256(secret), scopes },
    });
    const tenant = (id: string, connectionId: string, keys: object[], more: object = {}) => ({
      ...{ id, name: id, ledger: 'main', mode: 'demo_local', keys },
      connections: [
        {
          ...{ id: connectionId, provider: 'mock-psp', apiKey: 'key', signatureEnforced: true },
          signingKeys: [{ id: 'whk_1', secret: 'whsec_c2VjcmV0' }],
          webhookPath: `/api/v1/payments/webhook/mock-psp/${connectionId}`,
          ...more,
        },
      ],
      rateCard: { version: 1, providerFeeBasisPoints: 250, providerFeeFixedMinor: '0' },
    });
    const people = ['reconciliation:read', 'findings:resolve', 'findings:approve'];
    const all = ['reconciliation:write', ...people];
    const one = [
      key('k_one', 'machine', this.tokens.one, all),
      key('k_reader', 'machine', this.tokens.reader, ['reconciliation:read']),
      key('k_ayse', 'person', this.tokens.ayse, people),
      key('k_mehmet', 'person', this.tokens.mehmet, all),
      key('k_operator', 'machine', this.tokens.operator, ['ledger:read', 'ledger:write', 'ledger:admin']),
    ];
    const two = [key('k_two', 'machine', this.tokens.two, all)];
    const ours = { id: 'svc_reconciliation', tokenSha256: sha256('dk_test') };
    const services = [{ ...ours, scopes: ['ledger:read', 'ledger:write', 'payments:read'] }];
    return { services, tenants: [tenant('t_one', 'c_one', one, change), tenant('t_two', 'c_two', two)] };
  }
}
