import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Provider } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import {
  createApp,
  createLogger,
  type Environment,
  type OutgoingRecord,
  Messaging,
  type RunningService,
  toHeaders,
} from '@defter/platform';
import { scratchFolder, type TestDatabase, testBroker, testDatabase } from '@defter/testing';
import { Messages } from '../messages/messages.js';
import type { PublicEvent } from '../public-event.js';
import { service } from '../service.js';

const newTenant = () => `t_${randomBytes(6).toString('hex')}`;
/**
 * Tenants that nobody else uses, not even the next file of tests: all projects' tests may share one broker,
 * and a worker hears everything that lies on its topics.
 */
export const TENANT = newTenant();
export const OTHER_TENANT = newTenant();
export const tokens = { one: 'dk_one', reader: 'dk_reader', two: 'dk_two' };

const ALL = ['endpoints', 'deliveries'].flatMap((what) => [`webhook_${what}:read`, `webhook_${what}:write`]);
const READ = ALL.filter((scope) => scope.endsWith(':read'));
const key = (token: string, scopes: readonly string[]) => ({
  ...{ id: `k_${token}`, kind: 'machine', actor: token, scopes },
  tokenSha256: createHash('sha256').update(token).digest('hex'),
});
const tenant = (id: string, keys: readonly object[]) => ({
  ...{ id, name: id, ledger: 'main', mode: 'demo_local', keys, connections: [] },
  rateCard: { version: 1, providerFeeBasisPoints: 0, providerFeeFixedMinor: '0' },
});
const settings = {
  services: [],
  tenants: [
    tenant(TENANT, [key(tokens.one, ALL), key(tokens.reader, READ)]),
    tenant(OTHER_TENANT, [key(tokens.two, ALL)]),
  ],
};

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into foreign JSON
  readonly body: any;
}

interface CallOptions {
  readonly body?: unknown;
  readonly token?: string;
  readonly key?: string;
}

/** The service as production runs it, on a database of its own, allowed to send to this machine. */
export class DeliveryStand {
  readonly instances: RunningService[] = [];
  private events = 0;

  private constructor(
    readonly database: TestDatabase,
    /** For a process of its own, or another instance. */
    readonly env: Record<string, string>,
  ) {}

  static async start(
    roles: readonly string[] = ['http', 'worker'],
    env: Record<string, string> = {},
    providers: readonly Provider[] = [],
  ): Promise<DeliveryStand> {
    const database = await testDatabase({ migrations: service.migrations as URL });
    const file = join(scratchFolder('webhook-delivery'), 'tenants.json');
    writeFileSync(file, JSON.stringify(settings));
    const stand = new DeliveryStand(database, {
      ...{ HTTP_PORT: '0', MANAGEMENT_PORT: '0', LOG_LEVEL: 'fatal' },
      ...{ DATABASE_URL: database.url, TENANTS_FILE: file },
      KAFKA_BROKERS: (await testBroker()).join(','),
      SEALING_KEYS: randomBytes(32).toString('base64'),
      ...{ ALLOW_HTTP: 'true', ALLOW_LOOPBACK: 'true', ALLOWED_PORTS: '*' },
      ...{ POLL_INTERVAL: '20ms', RETRY_LADDER: '0ms,20ms,20ms,20ms,20ms' },
      ...env,
    });
    await stand.add(roles, {}, providers);
    return stand;
  }

  async add(
    roles: readonly string[],
    env: Environment = {},
    providers: readonly Provider[] = [],
  ): Promise<RunningService> {
    const logger = createLogger('webhook-delivery', process.env['TEST_LOG_LEVEL'] ?? 'silent');
    const running = await createApp(service, roles, { ...this.env, ...env }, { logger, providers });
    this.instances.push(running);
    return running;
  }

  /** Another instance on the same database whose clock is another; calls it. */
  static async beside(stand: DeliveryStand, clock: Clock): Promise<DeliveryStand['call']> {
    const logger = createLogger('webhook-delivery', 'silent');
    const running = await createApp(service, ['http'], stand.env, { logger, clock });
    stand.instances.push(running);
    return (method, path, options) => stand.ask(running.url, method, path, options);
  }

  get app(): RunningService {
    const [first] = this.instances;
    if (first === undefined) throw new Error('nothing runs');
    return first;
  }

  async stop(): Promise<void> {
    await Promise.all(this.instances.map((instance) => instance.stop()));
    await this.database.stop();
  }

  call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    return this.ask(this.app.url, method, path, options);
  }

  private async ask(base: string, method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const { body, token = tokens.one, key: idempotencyKey = randomUUID() } = options;
    const json = body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await fetch(`${base}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'idempotency-key': idempotencyKey, ...json },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      ...{ status: response.status, headers: response.headers, text },
      body: text === '' ? undefined : JSON.parse(text),
    };
  }

  /** Makes an endpoint; its id and secret. Its `event_types` may also be such as only a test knows. */
  async endpoint(
    url: string,
    { event_types = ['*'], ...more }: Record<string, unknown> = {},
  ): Promise<{ readonly id: string; readonly secret: string }> {
    const answer = await this.call('POST', '/v1/webhook_endpoints', {
      body: { url, event_types: ['*'], ...more },
    });
    if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`);
    const chosen = [event_types, (answer.body as { id: string }).id];
    await this.rows('update webhook_endpoint set event_types = $1 where id = $2', chosen);
    return answer.body as { id: string; secret: string };
  }

  /** Stores events as consumers do. */
  async happen(count = 1, type = 'payout.paid', tenantId = TENANT): Promise<void> {
    const events = Array.from({ length: count }, () => this.event(type));
    await this.app.get(Messages).store(tenantId, events);
  }

  event(type: string): PublicEvent {
    const number = ++this.events;
    const data = { object: 'test', number };
    return { source: 'test', sourceEventId: `e${number}`, type, occurredAt: new Date(), data };
  }

  /** Puts a message of another service on its topic. */
  async publish(
    topic: string,
    body: object,
    from: {
      readonly id?: string;
      readonly key?: string;
      readonly tenantId?: string;
      readonly time?: Date;
    } = {},
  ): Promise<void> {
    const { id = randomUUID(), tenantId = TENANT, time = new Date() } = from;
    const headers = toHeaders({
      id,
      type: 'type' in body ? String(body.type) : 'Test',
      source: 'test',
      tenantId,
      time,
    });
    const record: OutgoingRecord = { topic, key: from.key ?? id, value: JSON.stringify(body), headers };
    await this.app.get(Messaging).publish([record]);
  }

  /** As the owner of the tables, for arranging and looking. */
  rows<R extends object>(sql: string, parameters: readonly unknown[] = []): Promise<R[]> {
    return this.database.database.query<R>(sql, parameters as never);
  }
}
