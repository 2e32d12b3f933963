/** The whole system as separate processes, for one story. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stage, type StageUrls } from '@defter/cli';
import { type ServiceName, type Stack, startStack } from '@defter/embedded';

export interface World {
  readonly stack: Stack;
  readonly urls: StageUrls;
  /** A tenant of its own with the clients to act for it. */
  stage(tenantId: string): Stage;
  /** kill -9 of a process that we started, and a new start of it. */
  crash(name: ServiceName | 'postgres' | 'kafka', replica?: number): Promise<void>;
  stop(): Promise<void>;
}

/** Two ledgers, two ingresses, one of everything else; what is unknown is looked up within seconds. */
const REPLICAS = { ledger: 2, 'webhook-ingress': 2 } as const;
const ENV = {
  LOG_LEVEL: 'warn',
  PROVIDER_TIMEOUT: '3s',
  OPERATION_LEASE: '8s',
  LOOKUP_LADDER: '1s,2s,4s,8s,16s,30s,60s',
  PENDING_LOOKUP_AFTER: '20s',
  RESERVE_RETRY: '1s',
};

/**
 * Starts the world in a folder of its own, on free ports; `env` is what a story wants otherwise. With
 * `kafkaUsers`, every service has its user on Kafka, with the rights of k8s/kafka/users.yaml.
 */
export const startWorld = async (
  env: Readonly<Record<string, string>> = {},
  { kafkaUsers = false } = {},
): Promise<World> => {
  const dir = mkdtempSync(join(tmpdir(), 'defter-e2e-'));
  const stack = await startStack({ dir, replicas: REPLICAS, env: { ...ENV, ...env }, kafkaUsers });
  const urls = {
    ledger: stack.service('ledger').url,
    payments: stack.service('payments').url,
    reconciliation: stack.service('reconciliation').url,
    mockPsp: stack.service('mock-psp').url,
  };
  const crash: World['crash'] = async (name, replica = 0) => {
    const server = name === 'postgres' || name === 'kafka' ? stack[name] : stack.service(name, replica);
    await server.kill();
    await server.start();
  };
  const killLedger = async (): Promise<string> => {
    const { pid } = stack.service('ledger');
    await crash('ledger');
    return `kill -9 hit the ledger (process ${pid})`;
  };
  const stage = (tenantId: string): Stage => new Stage(stack.addTenant(tenantId), urls, killLedger);
  const stop = async (): Promise<void> => {
    await stack.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  return { stack, urls, stage, crash, stop };
};

/** An HTTP answer as a test looks at it. */
export interface RawAnswer {
  readonly status: number;
  readonly body: { readonly code?: string; readonly title?: string; readonly [member: string]: unknown };
}

/** Any request, well formed or not. */
export const send = async (
  url: string,
  request: {
    method?: string;
    token?: string;
    raw?: string | Uint8Array;
    headers?: Record<string, string>;
  } = {},
): Promise<RawAnswer> => {
  const { method = 'POST', token, raw, headers = {} } = request;
  const response = await fetch(url, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(raw === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(raw === undefined ? {} : { body: raw }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: (text.startsWith('{') ? JSON.parse(text) : {}) as RawAnswer['body'],
  };
};
