import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { LedgerClient } from '@defter/client';

/** What a client has seen. */
export interface Tally {
  readonly sent: number;
  readonly acknowledged: number;
  /** A line for each request that got no answer, or another one than it should. */
  readonly failures: readonly string[];
  /** The longest that one request took. */
  readonly slowestMs: number;
  /** What the ledger says was booked; as many as acknowledged, and not more, where nothing failed. */
  readonly booked: number;
}

/** Where it writes, and as whom. */
export interface SteadyTarget {
  readonly url: string;
  readonly token: string;
  readonly ledger: string;
}

const LANES = 2;
const PAUSE_MS = 40;
const TIMEOUT_MS = 15_000;

/**
 * A client that books one lira after another, each over a connection of its own, and never tries again: a pod
 * that stops before nobody asks it any more shows as a request that failed.
 */
export class SteadyClient {
  private stopped = false;
  private readonly failures: string[] = [];
  private readonly account: string;
  private lanes: Promise<void>[] = [];
  private sent = 0;
  private acknowledged = 0;
  private slowestMs = 0;

  constructor(
    private readonly target: SteadyTarget,
    name: string,
  ) {
    this.account = `steady:${name}`;
  }

  start(): this {
    this.lanes = Array.from({ length: LANES }, () => this.lane());
    return this;
  }

  async stop(): Promise<Tally> {
    this.stopped = true;
    await Promise.all(this.lanes);
    const { sent, acknowledged, failures, slowestMs } = this;
    return { sent, acknowledged, failures, slowestMs, booked: await this.booked() };
  }

  private async lane(): Promise<void> {
    while (!this.stopped) {
      this.sent += 1;
      const startedAt = Date.now();
      const answer = await this.book(`${this.account}:${this.sent}`).catch((error: unknown) => String(error));
      const tookMs = Date.now() - startedAt;
      this.slowestMs = Math.max(this.slowestMs, tookMs);
      if (typeof answer === 'number' && answer >= 200 && answer < 300) this.acknowledged += 1;
      else this.failures.push(`${new Date(startedAt).toISOString()} after ${tookMs} ms: ${answer}`);
      await sleep(PAUSE_MS);
    }
  }

  private book(key: string): Promise<number | string> {
    const { url, token, ledger } = this.target;
    const posting = { source: 'world', destination: this.account, amount: 100, asset: 'TRY/2' };
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': key,
    };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    return new Promise((resolve, reject) => {
      const asked = request(`${url}/v2/${ledger}/transactions`, {
        ...{ method: 'POST', agent: false, headers, signal },
      });
      asked.once('error', reject);
      asked.once('response', (response) => {
        response.resume();
        response.once('error', reject);
        response.once('end', () => resolve(response.statusCode ?? 0));
      });
      asked.end(JSON.stringify({ postings: [posting] }));
    });
  }

  private async booked(): Promise<number> {
    const client = new LedgerClient(this.target);
    for await (const { account, posted } of client.volumes(this.target.ledger))
      if (account === this.account) return Number(posted) / 100;
    return 0;
  }
}

/** A tally in words. */
export const wordsOf = ({ sent, acknowledged, failures, booked, slowestMs }: Tally): string =>
  `${sent} sent, ${acknowledged} acknowledged, ${failures.length} failed, ${booked} booked, ` +
  `slowest ${slowestMs} ms${failures.length > 0 ? `; first ${failures[0] ?? ''}` : ''}`;

/** Whether every request was acknowledged, and booked once. */
export const isWhole = ({ sent, acknowledged, failures, booked }: Tally): boolean =>
  sent > 0 && failures.length === 0 && acknowledged === sent && booked === sent;
