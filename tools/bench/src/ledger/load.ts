import { randomUUID } from 'node:crypto';
import autocannon from 'autocannon';
import { Client } from 'undici';

/** The ledger under load. */
export interface Target {
  readonly url: string;
  readonly token: string;
}

export interface LoadResult {
  /** Transfers that were acknowledged. */
  readonly transfers: number;
  readonly perSecond: number;
}

/** A funded account of the bench. */
export const accountOf = (index: number): string => `bench:${index}`;

const transfer = (source: string, destination: string) => ({
  postings: [{ source, destination, amount: 1, asset: 'TRY/2' }],
});

/** Two different accounts out of `accounts`. */
export const randomPair = (accounts: number): readonly [string, string] => {
  const from = Math.floor(Math.random() * accounts);
  const to = (from + 1 + Math.floor(Math.random() * (accounts - 1))) % accounts;
  return [accountOf(from), accountOf(to)];
};

/**
 * Sends a fixed number of requests over so many connections; every one must be acknowledged.
 * `perRequest` transfers in each: one is a transaction with a key, more is a bulk.
 */
export const load = async (
  target: Target,
  options: {
    ledger: string;
    connections: number;
    requests: number;
    perRequest: number;
    pair: () => readonly [string, string];
    /** At most so many requests a second; as many as it can without. */
    perSecond?: number;
  },
): Promise<LoadResult> => {
  const { ledger, connections, requests, perRequest, pair, perSecond } = options;
  const single = perRequest === 1;
  const result = await autocannon({
    url: target.url,
    connections,
    amount: requests,
    ...(perSecond === undefined ? {} : { overallRate: perSecond }),
    timeout: 60,
    requests: [
      {
        method: 'POST',
        path: `/v2/${ledger}/${single ? 'transactions' : '_bulk'}`,
        setupRequest: (request) => ({
          ...request,
          headers: {
            authorization: `Bearer ${target.token}`,
            'content-type': 'application/json',
            'idempotency-key': randomUUID(),
          },
          body: JSON.stringify(single ? transfer(...pair()) : bulkOf(perRequest, pair)),
        }),
      },
    ],
  });
  if (result['2xx'] !== requests || result.errors > 0) {
    throw new Error(
      `${requests - result['2xx']} of ${requests} requests were not acknowledged (${result.errors} errors)`,
    );
  }
  const transfers = requests * perRequest;
  return { transfers, perSecond: transfers / result.duration };
};

const bulkOf = (size: number, pair: () => readonly [string, string]) =>
  Array.from({ length: size }, () => ({ action: 'CREATE_TRANSACTION', data: transfer(...pair()) }));

/** Sends one request at a time over one connection; the latencies in milliseconds, sorted. */
export const latencies = async (
  target: Target,
  ledger: string,
  requests: number,
  accounts: number,
): Promise<number[]> => {
  const client = new Client(target.url);
  const measured: number[] = [];
  try {
    for (let index = 0; index < requests; index++) {
      const body = JSON.stringify(transfer(...randomPair(accounts)));
      const headers = {
        authorization: `Bearer ${target.token}`,
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
      };
      const startedAt = performance.now();
      const answer = await client.request({
        path: `/v2/${ledger}/transactions`,
        method: 'POST',
        headers,
        body,
      });
      await answer.body.arrayBuffer();
      measured.push(performance.now() - startedAt);
      if (answer.statusCode !== 200) throw new Error(`A transfer was answered with ${answer.statusCode}`);
    }
  } finally {
    await client.close();
  }
  return measured.sort((a, b) => a - b);
};
