import type { Queryable } from '@defter/platform';
import type { ReplayStatus } from './replay-decision.js';

/** A job as it is stored. */
export interface ReplayRow {
  readonly id: string;
  readonly reason: string;
  readonly selection: unknown;
  readonly selectionHash: string;
  readonly itemCount: number;
  readonly eventCount: number;
  readonly perSecond: number;
  readonly requestedBy: string;
  readonly requestedKey: string;
  readonly proposedAt: Date;
  readonly expiresAt: Date;
  readonly status: ReplayStatus;
  readonly approvedBy: string | null;
  readonly approvedAt: Date | null;
  readonly changedBy: string | null;
  readonly changedAt: Date | null;
  readonly done: number;
  readonly published: number;
  readonly skipped: number;
  /** Its rate allows the next turn. */
  readonly isDue: boolean;
}

/** What a job replays. */
export interface ItemRow {
  readonly ordinal: number;
  readonly requestId: string;
  readonly deadLetterId: string | null;
  readonly bodySha256: Buffer;
  readonly would: 'publish' | 'skip';
  readonly events: readonly object[];
  readonly why: string | null;
  readonly outcome: 'published' | 'skipped' | null;
  readonly publishedEvents: number | null;
  readonly detail: string | null;
  readonly doneAt: Date | null;
}

const COLUMNS = `
  id, reason, selection, selection_hash as "selectionHash", item_count as "itemCount",
  event_count as "eventCount", per_second as "perSecond", requested_by as "requestedBy",
  requested_key as "requestedKey", proposed_at as "proposedAt", expires_at as "expiresAt", status,
  approved_by as "approvedBy", approved_at as "approvedAt", changed_by as "changedBy",
  changed_at as "changedAt", done, published, skipped,
  coalesce(next_at <= clock_timestamp(), false) as "isDue"`;
const ITEM_COLUMNS = `
  ordinal, request_id as "requestId", dead_letter_id as "deadLetterId", body_sha256 as "bodySha256", would,
  events, why, outcome, published_events as "publishedEvents", detail, done_at as "doneAt"`;

/** One job, or undefined; `lock` holds it until the end of the transaction. */
export async function findReplay(
  database: Queryable,
  tenantId: string,
  id: string,
  lock: '' | 'for update' | 'for update skip locked' = '',
): Promise<ReplayRow | undefined> {
  const sql = `select ${COLUMNS} from replay_job where tenant_id = $1 and id = $2 ${lock}`;
  return (await database.query<ReplayRow>(sql, [tenantId, id]))[0];
}

/** Jobs, newest first, before an id. */
export function listReplays(
  database: Queryable,
  tenantId: string,
  { before, limit }: { readonly before: string; readonly limit: number },
): Promise<ReplayRow[]> {
  return database.query<ReplayRow>(
    `select ${COLUMNS} from replay_job where tenant_id = $1 and id < $2 order by id desc limit $3`,
    [tenantId, before, limit],
  );
}

/** Items of a job in order, after an ordinal. */
export function listItems(
  database: Queryable,
  tenantId: string,
  jobId: string,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<ItemRow[]> {
  return database.query<ItemRow>(
    `select ${ITEM_COLUMNS} from replay_item
     where tenant_id = $1 and job_id = $2 and ordinal > $3 order by ordinal limit $4`,
    [tenantId, jobId, after, limit],
  );
}

/** The next items that aren't done. */
export function itemsLeft(
  database: Queryable,
  tenantId: string,
  jobId: string,
  limit: number,
): Promise<ItemRow[]> {
  return database.query<ItemRow>(
    `select ${ITEM_COLUMNS} from replay_item
     where tenant_id = $1 and job_id = $2 and done_at is null order by ordinal limit $3`,
    [tenantId, jobId, limit],
  );
}

/** What a new job has. */
export type NewReplay = Pick<
  ReplayRow,
  | 'id'
  | 'reason'
  | 'selection'
  | 'selectionHash'
  | 'eventCount'
  | 'perSecond'
  | 'requestedBy'
  | 'requestedKey'
  | 'proposedAt'
  | 'expiresAt'
>;
export type NewItem = Pick<
  ItemRow,
  'ordinal' | 'requestId' | 'deadLetterId' | 'bodySha256' | 'would' | 'events' | 'why'
>;

/** Writes a proposed job with its items. */
export async function insertReplay(
  database: Queryable,
  tenantId: string,
  job: NewReplay,
  items: readonly NewItem[],
): Promise<void> {
  await database.query(
    `insert into replay_job (tenant_id, id, reason, selection, selection_hash, item_count, event_count,
       per_second, requested_by, requested_key, proposed_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      ...[tenantId, job.id, job.reason, JSON.stringify(job.selection), job.selectionHash, items.length],
      ...[job.eventCount, job.perSecond, job.requestedBy, job.requestedKey, job.proposedAt, job.expiresAt],
    ],
  );
  await database.query(
    `insert into replay_item (tenant_id, job_id, ordinal, request_id, dead_letter_id, body_sha256, would,
       events, why)
     select $1, $2, * from unnest($3::int[], $4::text[], $5::text[], $6::bytea[], $7::text[], $8::jsonb[],
       $9::text[])`,
    [
      ...[tenantId, job.id, items.map((item) => item.ordinal), items.map((item) => item.requestId)],
      ...[items.map((item) => item.deadLetterId), items.map((item) => item.bodySha256)],
      ...[items.map((item) => item.would), items.map((item) => JSON.stringify(item.events))],
      items.map((item) => item.why),
    ],
  );
}

/** One item is done. */
export async function markDone(
  database: Queryable,
  tenantId: string,
  { jobId, ordinal }: { readonly jobId: string; readonly ordinal: number },
  { publishedEvents, detail }: { readonly publishedEvents: number; readonly detail: string | null },
): Promise<void> {
  await database.query(
    `update replay_item set outcome = $4, published_events = $5, detail = $6, done_at = clock_timestamp()
     where tenant_id = $1 and job_id = $2 and ordinal = $3 and done_at is null`,
    [tenantId, jobId, ordinal, publishedEvents > 0 ? 'published' : 'skipped', publishedEvents, detail],
  );
}

/** How far a job has come; the next turn is when its rate allows it, also in another process. */
export async function advance(
  database: Queryable,
  tenantId: string,
  jobId: string,
  { published, skipped }: { readonly published: number; readonly skipped: number },
): Promise<void> {
  await database.query(
    `update replay_job set done = done + $3 + $4, published = published + $3, skipped = skipped + $4,
       status = case when done + $3 + $4 = item_count then 'completed' else status end,
       next_at = clock_timestamp() + ($3 + $4) * interval '1 second' / per_second
     where tenant_id = $1 and id = $2`,
    [tenantId, jobId, published, skipped],
  );
}
