import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createApp, type RunningService } from '@defter/platform';
import type { CallContext, ProviderOperation } from '@defter/payments-contracts';
import { scratchFolder } from '@defter/testing';
import { service } from '../service.js';
import { type Receiver, startReceiver } from './receiver.js';

export const keys = {
  current: { id: 'whk_1', secret: 'whsec_defter_mock_test' },
  next: { id: 'whk_2', secret: 'whsec_defter_mock_next' },
};

const connection = (id: string, signingKeys: object[]) => ({
  ...{ id, provider: 'mock-psp', apiKey: `key_${id}`, signingKeys, signatureEnforced: true },
  webhookPath: `/api/v1/payments/webhook/mock-psp/${id}`,
});

const tenant = (id: string, ...connections: object[]) => ({
  ...{ id, name: id, ledger: 'main', mode: 'demo_local', keys: [], connections },
  rateCard: { version: 1, providerFeeBasisPoints: 250, providerFeeFixedMinor: '10' },
});

/** The keys of connections whose webhooks are written in another provider's dialect. */
export const dialectKeys = {
  stripe: 'whsec_defter_stripe_test',
  adyen: 'DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00',
  iyzico: 'defter-test-secret',
  paytr: 'defter-merchant-key:defter-merchant-salt',
};
const inDialect = ([provider, secret]: readonly [string, string]) => ({
  ...connection(`c_${provider}`, [{ id: 'whk_1', secret }]),
  ...{ provider, webhookPath: `/api/v1/payments/webhook/${provider}/c_${provider}` },
});

/** `c_one` has one signing key, `c_two` (of another tenant) is rotating. */
const settings = {
  services: [],
  tenants: [
    tenant('t_one', connection('c_one', [keys.current])),
    tenant('t_two', connection('c_two', [keys.current, keys.next])),
    tenant('t_dialects', ...Object.entries(dialectKeys).map(inDialect)),
    { ...tenant('t_live', { ...connection('c_live', [keys.current]), provider: 'stripe' }), mode: 'live' },
  ],
};

export interface MockServer {
  readonly receiver: Receiver;
  readonly stateDir: string;
  /** Its settings, for a process of the same. */
  readonly environment: Record<string, string>;
  readonly running: RunningService;
  call(connectionId?: string): CallContext;
  get(path: string, connectionId?: string): Promise<Response>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Posts to a test endpoint and gives the answer's JSON. @throws when the status isn't 2xx */
  rehearse(path: string, body?: unknown): Promise<Record<string, unknown>>;
  /** Stops it in good order and starts it again on the same state. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** The production server on ports of the system's choice, with a receiver for its webhooks. */
export async function startMockServer(env: Record<string, string> = {}): Promise<MockServer> {
  const stateDir = scratchFolder('mock-psp');
  const tenantsFile = join(stateDir, 'tenants.json');
  writeFileSync(tenantsFile, JSON.stringify(settings));
  const receiver = await startReceiver();
  const environment = { STATE_DIR: stateDir, TENANTS_FILE: tenantsFile, WEBHOOK_BASE_URL: receiver.url };
  const start = () =>
    createApp(service, ['http'], {
      ...{ HTTP_PORT: '0', MANAGEMENT_PORT: '0', LOG_LEVEL: 'silent', MOCK_PSP_TEST_ENDPOINTS: 'true' },
      ...{ ...environment, ...env },
    });
  let running = await start();
  const authorization = (connectionId: string) => `Bearer key_${connectionId}`;
  return {
    receiver,
    stateDir,
    environment,
    get running() {
      return running;
    },
    call: (connectionId = 'c_one') => ({
      baseUrl: running.url,
      apiKey: `key_${connectionId}`,
      timeoutMs: 10_000,
    }),
    get: (path, connectionId = 'c_one') =>
      fetch(`${running.url}${path}`, { headers: { authorization: authorization(connectionId) } }),
    post: (path, body, headers = {}) =>
      fetch(`${running.url}${path}`, {
        method: 'POST',
        body: typeof body === 'string' ? body : JSON.stringify(body),
        headers: { 'content-type': 'application/json', authorization: authorization('c_one'), ...headers },
      }),
    rehearse: async (path, body = {}) => {
      const response = await fetch(`${running.url}/_test/${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
      return JSON.parse(text) as Record<string, unknown>;
    },
    restart: async () => {
      await running.stop();
      running = await start();
    },
    stop: async () => {
      await running.stop();
      await receiver.stop();
    },
  };
}

/** An operation as payments would ask for it; 12.34 in TRY, plain, unless told otherwise. */
export function operation(
  over: Partial<ProviderOperation> & { readonly scenario?: string } = {},
): ProviderOperation {
  const { scenario = 'approve', ...rest } = over;
  return {
    operationId: `op_${randomBytes(16).toString('hex')}`,
    ...{ kind: 'sale', amountMinor: 1_234n, currency: 'TRY', customerId: 'cus_1', reference: 'Order 1' },
    metadata: { 'mock.scenario': scenario },
    ...rest,
  };
}
