import { createHash, randomUUID } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CrashPoints,
  createApp,
  createLogger,
  kafkaMessaging,
  type Messaging,
  type RunningService,
  toHeaders,
} from '@defter/platform';
import { adyen } from '@defter/provider-adyen';
import { scratchFolder, type TestDatabase, testBroker, testDatabase } from '@defter/testing';
import { type ProviderEventV1, WebhookTopics } from '@defter/webhooks-contracts';
import { markBooked } from '../bookings/booking-row.js';
import { Providers } from '../providers.js';
import { service } from '../service.js';
import { TestLedger } from './test-ledger.js';
import { TestProvider } from './test-provider.js';

export const TENANT = 't_one';
export const CONNECTION = 'c_one';
export const tokens = {
  machine: 'dk_machine',
  ayse: 'dk_ayse',
  mehmet: 'dk_mehmet',
  stranger: 'dk_stranger',
  /** A machine that may read balances, too. */
  reader: 'dk_reader',
  /** A machine and a person without any scope. */
  powerless: 'dk_powerless',
  visitor: 'dk_visitor',
  /** Of a tenant in the mode `live`, and of one that takes no test cards. */
  live: 'dk_live',
  strict: 'dk_strict',
};

const ALL = ['payments:read', 'payments:write', 'payments:settle', 'payouts:request', 'payouts:approve'];
const key = (token: string, kind: 'person' | 'machine', more: object = {}) => ({
  ...{ id: `k_${token}`, kind, actor: token.replace('dk_', ''), scopes: ALL, ...more },
  tokenSha256: createHash('sha256').update(token).digest('hex'),
});
const tenant = (id: string, connection: string, keys: readonly object[], more: object = {}) => ({
  ...{ id, name: id, ledger: 'main', mode: 'demo_local', keys },
  connections: [
    {
      ...{ id: connection, provider: 'mock-psp', apiKey: 'k', signingKeys: [], signatureEnforced: true },
      webhookPath: `/api/v1/payments/webhook/mock-psp/${connection}`,
    },
  ],
  rateCard: {
    ...{ version: 1, providerFeeBasisPoints: 250, providerFeeFixedMinor: '0' },
    // Of merchants' sales only.
    commission: {
      ...{ basisPoints: 1_000, fixedMinor: '0', vatBasisPoints: 2_000, reserveBasisPoints: 500 },
      refunded: true,
    },
  },
  ...more,
});
/** Two people from 1 million on; an hour to decide, two to pay. */
const payouts = {
  bands: [{ currency: 'TRY', fromMinor: '1000000', approvals: 2 }],
  ...{ reviewWithinMinutes: 60, payWithinMinutes: 120 },
};
const settings = {
  services: [],
  tenants: [
    tenant(
      TENANT,
      CONNECTION,
      [
        key(tokens.machine, 'machine'),
        key(tokens.reader, 'machine', { scopes: [...ALL, 'ledger:read'] }),
        key(tokens.ayse, 'person', { role: 'finance_manager' }),
        key(tokens.mehmet, 'person'),
        key(tokens.powerless, 'machine', { scopes: [] }),
        key(tokens.visitor, 'person', { scopes: [] }),
      ],
      { name: 'Kırtasiye <Demo>', payouts },
    ),
    tenant('t_two', 'c_two', [key(tokens.stranger, 'person')]),
    tenant('t_live', 'c_live', [key(tokens.live, 'person')], { mode: 'live' }),
    tenant('t_strict', 'c_strict', [key(tokens.strict, 'person')], { allowTestPaymentMethods: false }),
  ],
};

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into foreign JSON
  readonly body: any;
}

/** Payments as production runs it, with the provider and the ledger beside it in the test's hands. */
export class TestPayments {
  readonly provider = new TestProvider();
  readonly instances: RunningService[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly ledger: TestLedger,
    readonly messaging: Messaging,
    private readonly env: Record<string, string>,
  ) {}

  static async start(roles = ['http', 'worker'], env: Record<string, string> = {}): Promise<TestPayments> {
    const [database, ledger, brokers] = await Promise.all([
      testDatabase({ migrations: service.migrations as URL }),
      TestLedger.start(),
      testBroker(),
    ]);
    const file = join(scratchFolder('payments'), 'tenants.json');
    writeFileSync(file, JSON.stringify(settings));
    const messaging = kafkaMessaging({ brokers, clientId: 'test', logger: createLogger('test', 'silent') });
    await messaging.ensureTopics(
      Object.values(service.roles).flatMap(({ consumes = [], produces = [] }) => [...consumes, ...produces]),
    );
    const payments = new TestPayments(database, ledger, messaging, {
      HTTP_PORT: '0',
      MANAGEMENT_PORT: '0',
      DATABASE_URL: database.url,
      KAFKA_BROKERS: brokers.join(','),
      TENANTS_FILE: file,
      LOG_LEVEL: 'fatal',
      LEDGER_URL: ledger.url,
      LEDGER_GRPC_URL: ledger.grpcUrl,
      SERVICE_TOKEN: 'st',
      POLL_INTERVAL: '20ms',
      LOOKUP_LADDER: '50ms,50ms,50ms',
      RESEND_LADDER: '10ms,10ms',
      PENDING_LOOKUP_AFTER: '1h',
      RESERVE_RETRY: '300ms',
      LEDGER_TIMEOUT: '1s',
      ...env,
    });
    await payments.add(roles);
    return payments;
  }

  /** Leaves only these tenants in the settings file, in one step; changed, where that is said. */
  keepTenants(ids: readonly string[], change: object = {}): void {
    const file = this.env['TENANTS_FILE'] ?? '';
    const tenants = settings.tenants
      .filter(({ id }) => ids.includes(id))
      .map((kept) => ({ ...kept, ...change }));
    writeFileSync(`${file}.new`, JSON.stringify({ ...settings, tenants }));
    renameSync(`${file}.new`, file);
  }

  /** Another process of the service on the same database; `crashAt` throws there, once, as if it had died. */
  async add(roles: readonly string[], crashAt?: string): Promise<RunningService> {
    const provider = { adapter: this.provider.adapter, baseUrl: 'http://127.0.0.1:1' };
    const listenedTo = { adapter: adyen, baseUrl: '' };
    let crashed = false;
    const reach = (point: string) => {
      if (point !== crashAt || crashed) return;
      crashed = true;
      throw new Error(`died at ${point}`);
    };
    const running = await createApp(service, roles, this.env, {
      providers: [
        {
          provide: Providers,
          useValue: {
            paying: ['mock-psp'],
            find: (id: string) => ({ 'mock-psp': provider, adyen: listenedTo })[id],
          },
        },
        { provide: CrashPoints, useValue: { reach } },
      ],
    });
    this.instances.push(running);
    return running;
  }

  async stop(): Promise<void> {
    await Promise.all(this.instances.map((instance) => instance.stop()));
    await this.messaging.close();
    await this.ledger.stop();
    await this.database.stop();
  }

  async call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const { body, token = tokens.machine, idempotencyKey = randomUUID(), instance = 0 } = options;
    const response = await fetch(`${this.instances[instance]?.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(method === 'GET'
          ? {}
          : { 'content-type': 'application/json', 'idempotency-key': idempotencyKey }),
      },
      ...(method === 'GET' ? {} : { body: JSON.stringify(body ?? {}) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
  }

  /** Puts provider events on the topic, in this order per operation. */
  async hear(...events: readonly Partial<ProviderEventV1>[]): Promise<void> {
    await this.messaging.publish(
      events.map((event) => {
        const eventId = event.eventId ?? `evt_${randomUUID()}`;
        const body = {
          ...{ eventId, requestId: 'whk_1', provider: 'mock-psp', connectionId: CONNECTION, verified: true },
          ...{
            providerEventId: eventId,
            providerType: 'test',
            receivedAt: new Date().toISOString(),
            untrusted: {},
          },
          ...event,
        };
        return {
          topic: WebhookTopics.events.name,
          key: event.facts?.operationId ?? eventId,
          value: JSON.stringify(body),
          headers: toHeaders({
            ...{ id: eventId, type: 'ProviderEvent', source: 'test', tenantId: TENANT },
            time: new Date(),
          }),
        };
      }),
    );
  }

  /** The ledger has booked all that was captured so far. */
  async bookDeposits(): Promise<void> {
    const rows = await this.rows<{ booking_id: string }>(
      "select booking_id from booking where state = 'requested' and kind = 'deposit' and tenant_id = $1",
      [TENANT],
    );
    const booked = rows.map(({ booking_id: bookingId }, index) => ({
      ...{ bookingId, sequence: index + 1, transactionId: index + 1, effect: null },
    }));
    await markBooked(this.database.database, TENANT, booked);
  }

  rows<R extends object>(sql: string, parameters: unknown[] = []): Promise<R[]> {
    return this.database.database.query<R>(sql, parameters as never);
  }
}

interface CallOptions {
  readonly body?: unknown;
  readonly token?: string;
  readonly idempotencyKey?: string;
  readonly instance?: number;
}
