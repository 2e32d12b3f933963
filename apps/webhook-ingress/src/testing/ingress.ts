import { createHash, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, systemClock } from '@defter/kernel';
import { createApp, createLogger, type RunningService } from '@defter/platform';
import { scratchFolder, type TestDatabase, testBroker, testDatabase } from '@defter/testing';
import { PROVIDERS, providersOf } from '../connections/providers.read.js';
import { service } from '../service.js';
import { otherProvider, testProvider, type TestRequest } from './test-provider.js';

export const secrets = { old: 'whsec_old', new: 'whsec_new', lax: 'whsec_lax', other: 'whsec_other' };
export const tokens = {
  reader: 'dk_reader',
  replayer: 'dk_replayer',
  approver: 'dk_approver',
  machine: 'dk_machine',
  stranger: 'dk_stranger',
  scopeless: 'dk_scopeless',
};

const everything = ['webhooks:read', 'webhooks:replay', 'webhooks:approve'];
const hex = (token: string): string => createHash('sha256').update(token).digest('hex');
const key = (token: string, ...scopes: string[]) => ({
  ...{
    id: `k_${token}`,
    kind: token === tokens.machine ? 'machine' : 'person',
    actor: token,
    tokenSha256: hex(token),
    scopes,
  },
});

const providerOf = (id: string): string => (id === 'c_mock' ? 'mock-psp' : 'test-psp');
const connection = (
  id: string,
  signatureEnforced: boolean,
  ...signingKeys: [id: string, secret: string][]
) => ({
  ...{ id, provider: providerOf(id), apiKey: 'none', signatureEnforced },
  signingKeys: signingKeys.map(([keyId, secret]) => ({ id: keyId, secret })),
  webhookPath: `/api/v1/payments/webhook/${providerOf(id)}/${id}`,
});
const tenant = (id: string, keys: object[], connections: object[]) => ({
  ...{ id, name: id, ledger: 'main', mode: 'demo_local', keys, connections },
  rateCard: { version: 1, providerFeeBasisPoints: 0, providerFeeFixedMinor: '0' },
});

/**
 * Two tenants: `t_ingress` with an enforced connection whose secret is rotating and a lax one, `t_two` with
 * one.
 */
export const settings = {
  services: [],
  tenants: [
    tenant(
      't_ingress',
      [
        key(tokens.reader, 'webhooks:read'),
        key(tokens.replayer, ...everything),
        key(tokens.approver, ...everything),
        key(tokens.machine, ...everything),
        key(tokens.scopeless, 'payments:read'),
      ],
      [
        connection('c_one', true, ['key_old', secrets.old], ['key_new', secrets.new]),
        connection('c_lax', false, ['key_lax', secrets.lax]),
        connection('c_mock', true, ['key_mock', secrets.old]),
        {
          ...connection('c_dated', true),
          signingKeys: [
            { id: 'key_over', secret: secrets.old, notAfter: '2026-01-01T00:00:00Z' },
            { id: 'key_now', secret: secrets.new, notBefore: '2026-01-01T00:00:00Z' },
            { id: 'key_later', secret: secrets.lax, notBefore: '2100-01-01T00:00:00+03:00' },
          ],
        },
      ],
    ),
    tenant(
      't_two',
      [key(tokens.stranger, ...everything)],
      [connection('c_two', true, ['key_other', secrets.other])],
    ),
  ],
};

/** One or more instances of the service on one database, as production runs them. */
export interface Ingress {
  readonly database: TestDatabase;
  readonly instances: readonly RunningService[];
  /** Posts to an instance; the path begins after `/api/v1/payments/webhook/`. */
  post(path: string, request: TestRequest, instance?: number): Promise<Response>;
  /** Calls an operator's route; the path begins after `/api/v1/payments/webhooks`, or what `under` names. */
  operate(path: string, token: string, init?: RequestInit, under?: string): Promise<Response>;
  stop(): Promise<void>;
}

/** How a test wants its instances. */
export interface IngressOptions {
  /** The roles of each instance. */
  readonly instances?: readonly (readonly string[])[];
  readonly clock?: Clock;
  readonly brokers?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the service; only the worker role talks to the broker. */
export async function startIngress(options: IngressOptions = {}): Promise<Ingress> {
  const { clock = systemClock } = options;
  const database = await testDatabase({ migrations: service.migrations as URL });
  const tenantsFile = join(scratchFolder('settings'), 'tenants.json');
  writeFileSync(tenantsFile, JSON.stringify(settings));
  const env = {
    ...{ HTTP_PORT: '0', MANAGEMENT_PORT: '0', DATABASE_URL: database.url, TENANTS_FILE: tenantsFile },
    KAFKA_BROKERS: (options.brokers ?? (await testBroker())).join(','),
    ...options.env,
  };
  const providers = [{ provide: PROVIDERS, useValue: providersOf([testProvider, otherProvider]) }];
  const logger = createLogger('webhook-ingress', process.env['TEST_LOG_LEVEL'] ?? 'silent');
  const instances: RunningService[] = [];
  for (const roles of options.instances ?? [['http']]) {
    instances.push(await createApp(service, roles, env, { clock, logger, providers }));
  }
  return {
    database,
    instances,
    post: (path, { body, headers }, instance = 0) =>
      fetch(`${instances[instance]?.url}/api/v1/payments/webhook/${path}`, { method: 'POST', body, headers }),
    operate: (path, token, init = {}, under = 'webhooks') =>
      fetch(`${instances[0]?.url}/api/v1/payments/${under}${path}`, {
        ...init,
        headers: { authorization: `Bearer ${token}`, 'idempotency-key': randomUUID(), ...init.headers },
      }),
    stop: async () => {
      for (const instance of instances) await instance.stop();
      await database.stop();
    },
  };
}

/** The digest of everything a request could write; equal before and after means that nothing was written. */
export async function digestOf({ database }: TestDatabase): Promise<string> {
  const parts: string[] = [];
  for (const table of ['webhook_request', 'webhook_event', 'webhook_conflict', 'webhook_replay', 'outbox']) {
    const [row] = await database.query<{ digest: string }>(
      `select coalesce(md5(string_agg(t::text, '|' order by t::text)), 'empty') as digest from ${table} t`,
    );
    parts.push(`${table}:${row?.digest}`);
  }
  return parts.join(' ');
}
