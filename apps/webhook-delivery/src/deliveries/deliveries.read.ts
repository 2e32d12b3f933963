import { Injectable } from '@nestjs/common';
import { isId } from '@defter/kernel';
import { Database, notFound } from '@defter/platform';
import type { DeliveryState } from '@defter/webhooks-domain';

export interface DeliveryRow {
  readonly id: string;
  readonly endpointId: string;
  readonly messageId: string;
  readonly type: string;
  readonly state: DeliveryState;
  readonly reason: string | null;
  /** Attempts that were begun, in all. */
  readonly attempts: number;
  readonly dueAt: Date | null;
  readonly createdAt: Date;
  readonly closedAt: Date | null;
}

export interface AttemptRow {
  readonly number: number;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly url: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly status: number | null;
  readonly failure: string | null;
  readonly detail: string | null;
  readonly responseHeaders: Readonly<Record<string, string>> | null;
  readonly responseBody: Buffer | null;
  readonly responseCut: boolean;
}

/** Which deliveries a list has, newest first. */
export interface DeliveryFilter {
  readonly endpointId?: string | undefined;
  readonly messageId?: string | undefined;
  readonly state?: DeliveryState | undefined;
  readonly type?: string | undefined;
  /** Only deliveries before this id. */
  readonly before?: string | undefined;
  readonly limit: number;
}

const COLUMNS = `
  id, endpoint_id as "endpointId", message_id as "messageId", type, state, reason, lease_number as attempts,
  due_at as "dueAt", created_at as "createdAt", closed_at as "closedAt"`;

/** Above every id. */
const NEWEST = '~';

/**
 * Reads deliveries; only the caller's tenant's exist. Ids are ordered by time, so that lists follow an
 * index.
 */
@Injectable()
export class Deliveries {
  constructor(private readonly database: Database) {}

  list(tenantId: string, filter: DeliveryFilter): Promise<DeliveryRow[]> {
    const { endpointId, messageId, state, type, before = NEWEST, limit } = filter;
    const conditions = [
      ...['tenant_id = $1', 'id < $2'],
      ...(endpointId === undefined ? [] : ['endpoint_id = $4']),
      ...(messageId === undefined ? [] : ['message_id = $5']),
      ...(type === undefined ? [] : ['type = $6']),
      ...(state === undefined ? [] : [ofState(state)]),
    ];
    // Every parameter has its type here, also the ones that no condition names.
    const given = '(select $4::text, $5::text, $6::text) given';
    return this.database.query<DeliveryRow>(
      `select ${COLUMNS} from webhook_delivery, ${given}
        where ${conditions.join(' and ')} order by id desc limit $3`,
      [tenantId, before, limit, endpointId ?? null, messageId ?? null, type ?? null],
    );
  }

  /** @throws ProblemException 404 */
  async get(tenantId: string, id: string): Promise<DeliveryRow> {
    const [row] = isId('dlv', id)
      ? await this.database.query<DeliveryRow>(
          `select ${COLUMNS} from webhook_delivery where tenant_id = $1 and id = $2`,
          [tenantId, id],
        )
      : [];
    if (row === undefined) throw notFound();
    return row;
  }

  /** The text that is sent, letter for letter. */
  async bodyOf(tenantId: string, messageId: string): Promise<string> {
    const [row] = await this.database.query<{ body: string }>(
      'select body from webhook_message where tenant_id = $1 and id = $2',
      [tenantId, messageId],
    );
    return row?.body ?? '';
  }

  /** Attempts after the number, oldest first. An attempt whose worker died left none. */
  attemptsOf(tenantId: string, deliveryId: string, after = 0, limit = 100): Promise<AttemptRow[]> {
    return this.database.query<AttemptRow>(
      `select number, started_at as "startedAt", duration_ms as "durationMs", url,
              request_headers as "requestHeaders", status, failure, detail,
              response_headers as "responseHeaders", response_body as "responseBody",
              response_cut as "responseCut"
         from webhook_attempt where tenant_id = $1 and delivery_id = $2 and number > $3
        order by number limit $4`,
      [tenantId, deliveryId, after, limit],
    );
  }
}

/** Of our own words only; each has an index that holds nothing else, except the one that most have. */
const ofState = (state: DeliveryState): string =>
  state === 'pending' || state === 'sending'
    ? `due_at is not null and state = '${state}'`
    : `state = '${state}'`;
