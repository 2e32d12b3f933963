import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import type { ManualClock } from '@defter/kernel';
import type { PaymentProvider } from '@defter/payments-contracts';
import { eventually } from '@defter/testing';
import { PROVIDERS } from '../connections/providers.read.js';
import { type Ingress, secrets, tokens } from './ingress.js';
import { signed, testProvider } from './test-provider.js';

/** The members of a job's answers that tests look at. */
export interface Job {
  readonly id: string;
  readonly status: string;
  readonly code?: string;
  readonly selection_hash: string;
  readonly webhook_count: number;
  readonly event_count: number;
  readonly progress: { readonly done: number; readonly published: number; readonly left: number };
  readonly approved_by: string | null;
}

/** The same of an item. */
export interface Item {
  readonly webhook_id: string;
  readonly would: string;
  readonly events: readonly { readonly event_id: string | null }[];
  readonly outcome: string | null;
  readonly detail: string | null;
}

/** A batch of events in the test provider's form. */
export const bodyOf = (ids: readonly string[], type = 'deposit_captured', note?: string): string =>
  JSON.stringify({ events: ids.map((id) => ({ id, type, operation: `op_${id}`, amount: '5', note })) });

/** A worker whose turn failed waits for up to five seconds before the next. */
const patience = { timeoutMs: 40_000 };

/** What tests of replays do with an ingress. */
export class ReplayStand {
  constructor(
    readonly ingress: Ingress,
    readonly clock: ManualClock,
  ) {}

  query<R extends object>(sql: string, ...parameters: unknown[]): Promise<R[]> {
    return this.ingress.database.database.query<R>(sql, parameters);
  }

  async post(body: string): Promise<void> {
    const answer = await this.ingress.post('test-psp/c_one', signed(body, secrets.old, this.clock.now()));
    expect(answer.status).toBe(202);
  }

  /** Sends each id in a request of its own; the ids of the requests. */
  async received(...ids: string[]): Promise<string[]> {
    for (const id of ids) await this.post(bodyOf([id]));
    return Promise.all(ids.map((id) => this.requestOf(id)));
  }

  async requestOf(providerEventId: string): Promise<string> {
    const sql = 'select request_id as id from webhook_event where provider_event_id = $1';
    return (await this.query<{ id: string }>(sql, providerEventId))[0]?.id ?? '';
  }

  async call(path: string, body: object | undefined, token: string, key: string = randomUUID()) {
    const headers = { 'idempotency-key': key, ...(body && { 'content-type': 'application/json' }) };
    const init = { method: 'POST', headers, ...(body && { body: JSON.stringify(body) }) };
    const answer = await this.ingress.operate(path, token, init, 'webhook-replays');
    return { status: answer.status, body: (await answer.json()) as Job };
  }

  propose(selection: object, over: object = {}, token = tokens.replayer, key?: string) {
    return this.call('', { ...selection, reason: 'a consumer was broken', ...over }, token, key);
  }

  approve({ id, selection_hash }: Job, token = tokens.approver) {
    return this.call(`/${id}/approve`, { selection_hash }, token);
  }

  async read<T>(path: string, token = tokens.reader, under = 'webhook-replays') {
    const answer = await this.ingress.operate(path, token, {}, under);
    return { status: answer.status, body: (await answer.json()) as T };
  }

  async itemsOf({ id }: Job): Promise<Item[]> {
    return (await this.read<{ data: Item[] }>(`/${id}/items?pageSize=100`)).body.data;
  }

  until(id: string, status: string): Promise<Job> {
    return eventually(async () => {
      const { body } = await this.read<Job>(`/${id}`);
      expect(body.status).toBe(status);
      return body;
    }, patience);
  }

  published(id: string) {
    return this.query<{ message_id: string; body: string; at: Date }>(
      `select message_id, body, created_at as at from outbox
       where topic = 'defter.webhooks.events.v1' and key = $1 order by position`,
      `op_${id}`,
    );
  }

  /** Runs with an adapter that reads what the test provider stumbles over, and calls every type `mended`. */
  async mended(work: () => Promise<void>): Promise<void> {
    const { instances } = this.ingress;
    const registries = instances.map((instance) => instance.get<Map<string, PaymentProvider>>(PROVIDERS));
    const normalize: PaymentProvider['webhook']['normalize'] = (request) => {
      const body = Buffer.from(request.body).toString().replaceAll('adapter_bug', 'mended');
      const events = testProvider.webhook.normalize({ ...request, body: Buffer.from(body) });
      return events.map((event) => ({ ...event, providerType: 'mended' }));
    };
    const mendedProvider = { ...testProvider, webhook: { ...testProvider.webhook, normalize } };
    for (const providers of registries) providers.set('test-psp', mendedProvider);
    try {
      await work();
    } finally {
      for (const providers of registries) providers.set('test-psp', testProvider);
    }
  }
}
