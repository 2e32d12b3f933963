import { setTimeout as sleep } from 'node:timers/promises';
import {
  DefterProblem,
  DefterUnreachable,
  LedgerClient,
  PaymentsClient,
  ReconciliationClient,
} from '@defter/client';
import type { TenantAccess } from '@defter/embedded';

/** Addresses of the services that the story plays on. */
export interface StageUrls {
  readonly ledger: string;
  readonly payments: string;
  readonly reconciliation: string;
  readonly mockPsp: string;
}

/** What the story needs: a tenant's log-ins, the public APIs, and a way to crash the ledger. */
export class Stage {
  readonly ledger: LedgerClient;
  readonly payments: PaymentsClient;
  readonly reconciliation: ReconciliationClient;
  /** The person who asks for withdrawals, and the one who approves. */
  readonly requester: PaymentsClient;
  readonly approver: PaymentsClient;

  constructor(
    readonly tenant: TenantAccess,
    readonly urls: StageUrls,
    /** Ends the ledger as a power cut would; returns how it was done, in words. */
    readonly killLedger: () => Promise<string>,
  ) {
    const [asks, approves] = tenant.people;
    const as = (url: string, token = tenant.apiKey) => ({ url, token });
    this.ledger = new LedgerClient(as(urls.ledger));
    this.payments = new PaymentsClient(as(urls.payments));
    this.reconciliation = new ReconciliationClient(as(urls.reconciliation));
    this.requester = new PaymentsClient(as(urls.payments, asks?.token));
    this.approver = new PaymentsClient(as(urls.payments, approves?.token));
  }

  /** Calls a test endpoint of the mock provider. */
  async provider<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${this.urls.mockPsp}${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }
}

const RETRY_MS = 150;
/** A cluster on this machine is given more: its pods share the processors with all of Kubernetes. */
const PATIENCE_MS = Number.parseInt(process.env['DEFTER_PATIENCE_MS'] ?? '40000', 10);

/** Asks again, with the same key, while a service is away: what a careful caller does. */
export const persistently = async <T>(work: () => Promise<T>): Promise<T> => {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const away =
        error instanceof DefterUnreachable || (error instanceof DefterProblem && error.status === 503);
      if (!away || Date.now() > deadline) throw error;
      await sleep(RETRY_MS);
    }
  }
};

/** Waits until the answer is there; undefined means not yet. */
export const until = async <T>(what: string, look: () => Promise<T | undefined>): Promise<T> => {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await persistently(look);
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`${what} did not happen within ${PATIENCE_MS / 1000} s`);
    await sleep(RETRY_MS);
  }
};

/** Runs the jobs, so many at a time. */
export const inParallel = async <T, R>(
  jobs: readonly T[],
  width: number,
  work: (job: T) => Promise<R>,
): Promise<R[]> => {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < jobs.length) {
      const index = next++;
      results[index] = await work(jobs[index] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, jobs.length) }, worker));
  return results;
};
