import { Injectable } from '@nestjs/common';
import { isId } from '@defter/kernel';
import { Database } from '@defter/platform';

/** What became of a request. `conflict`: a known key with other bytes. */
export const webhookStatuses = ['accepted', 'conflict', 'unverified', 'unparseable'] as const;
export type WebhookStatus = (typeof webhookStatuses)[number];

/** A request in a list. */
export interface WebhookRow {
  readonly id: string;
  readonly provider: string;
  readonly connectionId: string;
  readonly status: WebhookStatus;
  readonly verified: boolean;
  readonly keyId: string | null;
  readonly refusedBecause: string | null;
  readonly unreadableBecause: string | null;
  readonly eventCount: number;
  readonly receivedAt: Date;
}

/** A request with all that is kept of it. */
export interface StoredWebhook extends WebhookRow {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly bodySha256: Buffer;
}

/** An event of a request. */
export interface WebhookEventRow {
  readonly id: string;
  readonly providerEventId: string;
  readonly providerType: string;
  readonly uniqueKey: string;
  readonly conflict: boolean;
}

/** One time that a request was published again. */
export interface ReplayRow {
  readonly id: string;
  readonly actor: string;
  readonly published: number;
  readonly replayedAt: Date;
  /** The job that it was part of. */
  readonly jobId: string | null;
}

/** Which requests a list has, newest first. */
export interface WebhookFilter {
  readonly tenantId: string;
  readonly status: WebhookStatus | undefined;
  readonly provider: string | undefined;
  /** Only requests before this id. */
  readonly before: string | undefined;
  readonly limit: number;
}

/** Requests that came in a span of time, from inclusive, to exclusive. */
export interface WebhookSpan {
  readonly provider?: string | undefined;
  readonly connectionId?: string | undefined;
  readonly status?: Exclude<WebhookStatus, 'conflict'> | undefined;
  readonly from: Date;
  readonly to: Date;
}

const columns = `
  request.id, request.provider, request.connection_id as "connectionId", request.verified, request.key_id as
    "keyId",
  request.refused_because as "refusedBecause", request.unreadable_because as "unreadableBecause",
  request.event_count as "eventCount", request.received_at as "receivedAt",
  case when exists (select from webhook_conflict conflict
      where conflict.tenant_id = request.tenant_id and conflict.request_id = request.id)
    then 'conflict' else request.status end as status`;

/** Above every id. */
const newest = '~';

/** Reads stored requests; only the caller's tenant's exist. */
@Injectable()
export class Webhooks {
  constructor(private readonly database: Database) {}

  /** Ids are ordered by time, so that every list follows an index and needs no offset. */
  async list({ tenantId, status, provider, before = newest, limit }: WebhookFilter): Promise<WebhookRow[]> {
    const ofProvider = provider === undefined ? '' : 'and provider = $4';
    return this.database.query<WebhookRow>(
      `select ${columns} from webhook_request request
       where request.tenant_id = $1 and request.id < $2 ${ofProvider} ${ofStatus(status, ofProvider)}
       order by request.id desc limit $3`,
      [tenantId, before, limit, ...(provider === undefined ? [] : [provider])],
    );
  }

  /** The request with its bytes, or undefined. */
  async find(tenantId: string, id: string): Promise<StoredWebhook | undefined> {
    if (!isId('whk', id)) return undefined;
    const [row] = await this.database.query<StoredWebhook>(
      `select ${columns}, request.path, request.headers, request.body, request.body_sha256 as "bodySha256"
       from webhook_request request where request.tenant_id = $1 and request.id = $2`,
      [tenantId, id],
    );
    return row;
  }

  /** These requests with their bytes, those that exist, in the order of their ids. */
  async findAll(tenantId: string, ids: readonly string[]): Promise<StoredWebhook[]> {
    return this.database.query<StoredWebhook>(
      `select ${columns}, request.path, request.headers, request.body, request.body_sha256 as "bodySha256"
       from webhook_request request where request.tenant_id = $1 and request.id = any ($2)
       order by request.id`,
      [tenantId, ids],
    );
  }

  /**
   * Ids of what came in a span of time, oldest first. An id begins with its time, so that the span follows
   * the key; the minute more is for clocks that differ.
   */
  async within(tenantId: string, span: WebhookSpan, limit: number): Promise<string[]> {
    const { provider = null, connectionId = null, status = null, from, to } = span;
    const [low, high] = [idAt(from.getTime() - 60_000), idAt(to.getTime() + 60_000)];
    const rows = await this.database.query<{ id: string }>(
      `select id from webhook_request
       where tenant_id = $1 and id >= $2 and id < $3 and received_at >= $4 and received_at < $5
         and ($6::text is null or provider = $6) and ($7::text is null or connection_id = $7)
         and ($8::text is null or status = $8)
       order by id limit $9`,
      [tenantId, low, high, from, to, provider, connectionId, status, limit],
    );
    return rows.map(({ id }) => id);
  }

  /** The events that came first, or in conflict, with this request. */
  async eventsOf(tenantId: string, requestId: string): Promise<WebhookEventRow[]> {
    return this.database.query<WebhookEventRow>(
      `select id, provider_event_id as "providerEventId", provider_type as "providerType", unique_key as
        "uniqueKey",
         false as conflict
       from webhook_event where tenant_id = $1 and request_id = $2
       union all
       select id, provider_event_id, provider_type, unique_key, true
       from webhook_conflict where tenant_id = $1 and request_id = $2
       order by 1`,
      [tenantId, requestId],
    );
  }

  /** Who published it again, oldest first. */
  async replaysOf(tenantId: string, requestId: string): Promise<ReplayRow[]> {
    return this.database.query<ReplayRow>(
      `select id, actor, published, replayed_at as "replayedAt", job_id as "jobId"
       from webhook_replay where tenant_id = $1 and request_id = $2 order by id`,
      [tenantId, requestId],
    );
  }
}

/** Below every id of that millisecond. */
function idAt(ms: number): string {
  return `whk_${Math.max(0, ms).toString(16).padStart(12, '0')}`;
}

/** The condition for a status; of our own words only. Conflicts are few and have an index of their own. */
function ofStatus(status: WebhookStatus | undefined, ofProvider: string): string {
  if (status === undefined) return '';
  const conflicts = 'select distinct request_id from webhook_conflict where tenant_id = $1';
  if (status === 'conflict') {
    const page = `and request_id < $2 ${ofProvider} order by request_id desc limit $3`;
    return `and request.id in (${conflicts} ${page})`;
  }
  return `and request.status = '${status}' and not exists (${conflicts} and request_id = request.id)`;
}
