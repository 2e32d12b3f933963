import { decodeEvent, eventLeaf, type DecodedEvent, type LedgerEvent } from '@defter/ledger-domain';

/** A row of `event` as it stands. */
export interface EventRow {
  readonly sequence: number;
  readonly batch: number;
  readonly version: number;
  readonly type: string;
  readonly recordedAt: string;
  readonly idempotencyKey: string | null;
  readonly payload: string;
}

/** An instant as events and their leaves have it. */
export const instant = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const COLUMNS = `sequence::float8 as sequence, batch::float8 as batch, schema_version as version, type,
  ${instant('recorded_at')} as "recordedAt", idempotency_key as "idempotencyKey", payload::text as payload`;

/** All events of a ledger, in their order. */
export const eventsSql = (ledgerId: number): string =>
  `select ${COLUMNS} from event where ledger_id = ${ledgerId} order by sequence`;

/** What changed transactions after they were created, transaction by transaction. */
export const changesSql = (ledgerId: number): string => `
select target.id::float8 as id, change.*
from (select ${COLUMNS}, coalesce(payload ->> 'revertedTransactionId', payload ->> 'transactionId',
    payload -> 'target' ->> 'id') as target
  from event where ledger_id = ${ledgerId} and type <> 'TransactionCreated') change
cross join lateral (
  select case when change.target ~ '^[0-9]{1,15}$' then change.target::bigint end as id) target
where target.id is not null
order by target.id, change.sequence`;

/** An event that could be read. */
export interface ReadEvent extends DecodedEvent {
  readonly sequence: number;
  readonly recordedAt: string;
}

/** Reads an event's payload; undefined when that isn't an event at all. */
export const readEvent = ({ sequence, recordedAt, type, payload }: EventRow): ReadEvent | undefined => {
  try {
    const decoded = decodeEvent(type as LedgerEvent['type'], JSON.parse(payload));
    return { sequence, recordedAt, ...decoded };
  } catch {
    return undefined;
  }
};

/** The leaf of an event in the tree of its batch. */
export const leafOf = (row: EventRow): Buffer => eventLeaf(row);
