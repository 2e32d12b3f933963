import type pg from 'pg';

/** An event as its row says it; amounts are text. */
export interface LoggedEvent {
  readonly sequence: number;
  readonly type: string;
  readonly recordedAt: string;
  readonly key: string | null;
  readonly batch: number;
  readonly payload: Payload;
}

type PostingRow = readonly [source: string, destination: string, asset: string, amount: string];

export interface Payload {
  readonly transaction?: {
    readonly id: number;
    readonly postings: readonly PostingRow[];
    readonly metadata?: Readonly<Record<string, string>>;
  };
  readonly transactionId?: number;
  readonly postings?: readonly PostingRow[];
  /** Input, output, pending in, pending out of each balance that it touched. */
  readonly after: readonly (readonly [string, string, string, string])[];
}

export interface RefusedKey {
  readonly key: string;
  readonly refusedAt: string;
  /** Its code and members; amounts are text. */
  readonly refusal: { readonly code: string; readonly [member: string]: unknown };
}

const PAGE = 5_000;
const INSTANT = `'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`;

const EVENTS = `
select sequence::float8 as sequence, type, idempotency_key as key, batch::float8 as batch, payload,
  to_char(recorded_at at time zone 'UTC', ${INSTANT}) as "recordedAt"
from event where ledger_id = $1 and sequence > $2 order by sequence limit ${PAGE}`;

const REFUSED = `
select idempotency_key as key, refusal,
  to_char(refused_at at time zone 'UTC', ${INSTANT}) as "refusedAt"
from refused_key where ledger_id = $1 order by refused_at`;

/** When the events up to `last` had been decided. */
export interface BatchTime {
  readonly recordedAt: string;
  readonly last: number;
}

const BATCHES = `
select to_char(recorded_at at time zone 'UTC', ${INSTANT}) as "recordedAt", last_sequence::float8 as last
from batch where ledger_id = $1 order by batch`;

const EXPIRING = `
select 1 from transaction where ledger_id = $1 and status = 'pending' and expires_at is not null limit 1`;

/** Whether a hold is open that the ledger will end by itself. */
export const hasExpiringHolds = async (client: pg.Client, ledgerId: number): Promise<boolean> =>
  (await client.query(EXPIRING, [ledgerId])).rows.length > 0;

/** All batches that have events, in their order. */
export const batchTimes = async (client: pg.Client, ledgerId: number): Promise<readonly BatchTime[]> =>
  (await client.query<BatchTime>(BATCHES, [ledgerId])).rows;

/** All events of the ledger in their order. */
export async function* loggedEvents(client: pg.Client, ledgerId: number): AsyncGenerator<LoggedEvent> {
  for (let after = 0; ;) {
    const { rows } = await client.query<LoggedEvent>(EVENTS, [ledgerId, after]);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.sequence;
  }
}

/** All keys whose command was refused, in the order of time. */
export const refusedKeys = async (client: pg.Client, ledgerId: number): Promise<readonly RefusedKey[]> =>
  (await client.query<RefusedKey>(REFUSED, [ledgerId])).rows;

/** The balances that an event names, in the order in which it tells them. */
export const touchedBy = ({ transaction, postings }: Payload): readonly (readonly [string, string])[] => {
  const seen = new Map<string, readonly [string, string]>();
  for (const [source, destination, asset] of transaction?.postings ?? postings ?? []) {
    for (const account of [source, destination]) seen.set(`${account} ${asset}`, [account, asset]);
  }
  return [...seen.values()];
};
