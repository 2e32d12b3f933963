import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunView } from '@defter/reconciliation-contracts';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { TableRows } from './copy-rows.js';

/** Whose run, and where. */
export interface Client {
  readonly url: string;
  readonly token: string;
  readonly provider: string;
  readonly connectionId: string;
}

export interface TimedRun {
  readonly run: RunView;
  readonly total: number;
  /** Seconds in each state. */
  readonly steps: Readonly<Record<string, number>>;
}

const seconds = (since: number): number => (performance.now() - since) / 1_000;

/**
 * Requests a run and waits for its end. The books are so old that no lag excuses anything. @throws Error when
 * it fails
 */
export const runOnce = async ({ url, token, provider, connectionId }: Client): Promise<TimedRun> => {
  const base = `${url}/api/v1/payments/reconciliation`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ provider, connection_id: connectionId });
  const startedAt = performance.now();
  const answer = await fetch(`${base}/run`, { method: 'POST', headers, body });
  let run = (await answer.json()) as RunView;
  const steps: Record<string, number> = {};
  for (let since = startedAt; run.finished_at === null; since = performance.now()) {
    await sleep(20);
    const next = (await (await fetch(`${base}/runs/${run.id}`, { headers })).json()) as RunView;
    steps[run.status] = (steps[run.status] ?? 0) + seconds(since);
    run = next;
  }
  if (run.status !== 'completed' || run.attempt !== 1)
    throw new Error(`The run ${run.status} at attempt ${run.attempt}: ${run.failure?.detail ?? ''}`);
  return { run, total: seconds(startedAt), steps };
};

/** Writes a table's rows by COPY. */
export const write = async (client: pg.Client, { copy, rows }: TableRows): Promise<void> => {
  if (!copy.startsWith('copy ')) return void (await client.query(copy));
  const stream = client.query(copyFrom(copy));
  const finished = once(stream, 'finish');
  let text = '';
  for (const row of rows) {
    text += row;
    if (text.length < 65_536) continue;
    if (!stream.write(text)) await Promise.race([once(stream, 'drain'), finished]);
    text = '';
  }
  stream.end(text);
  await finished;
};
