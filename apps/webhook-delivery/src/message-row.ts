import type { Queryable, Transaction } from '@defter/platform';

/** What decides whether an endpoint gets an event. */
export interface Subscription {
  readonly id: string;
  readonly eventTypes: readonly string[];
  readonly status: 'enabled' | 'disabled';
  readonly createdAt: Date;
}

export const subscriptionsOf = (database: Queryable, tenantId: string): Promise<Subscription[]> =>
  database.query<Subscription>(
    `select id, event_types as "eventTypes", status, created_at as "createdAt"
       from webhook_endpoint where tenant_id = $1 and status <> 'deleted'`,
    [tenantId],
  );

export interface MessageRow {
  readonly id: string;
  readonly source: string;
  readonly sourceEventId: string;
  readonly type: string;
  readonly body: string;
  readonly occurredAt: Date;
}

const INSERT_MESSAGES = `
  insert into webhook_message (tenant_id, id, source, source_event_id, type, body, occurred_at)
  values ($1, unnest($2::text[]), unnest($3::text[]), unnest($4::text[]), unnest($5::text[]),
          unnest($6::text[]), unnest($7::timestamptz[]))
  on conflict (tenant_id, source, source_event_id) do nothing
  returning id`;

/** Stores messages; the ids of those that weren't there. */
export const insertMessages = async (
  tx: Transaction,
  tenantId: string,
  rows: readonly MessageRow[],
): Promise<ReadonlySet<string>> => {
  const stored = await tx.query<{ id: string }>(INSERT_MESSAGES, [
    tenantId,
    rows.map(({ id }) => id),
    rows.map(({ source }) => source),
    rows.map(({ sourceEventId }) => sourceEventId),
    rows.map(({ type }) => type),
    rows.map(({ body }) => body),
    rows.map(({ occurredAt }) => occurredAt),
  ]);
  return new Set(stored.map(({ id }) => id));
};

export interface NewDelivery {
  readonly id: string;
  readonly endpointId: string;
  readonly messageId: string;
  readonly type: string;
}

/** Deliveries that are due at once. */
export const insertDeliveries = async (
  tx: Transaction,
  tenantId: string,
  deliveries: readonly NewDelivery[],
): Promise<void> => {
  await tx.query(
    `insert into webhook_delivery (tenant_id, id, endpoint_id, message_id, type, state, due_at)
     values ($1, unnest($2::text[]), unnest($3::text[]), unnest($4::text[]), unnest($5::text[]), 'pending',
             clock_timestamp())`,
    [
      tenantId,
      deliveries.map(({ id }) => id),
      deliveries.map(({ endpointId }) => endpointId),
      deliveries.map(({ messageId }) => messageId),
      deliveries.map(({ type }) => type),
    ],
  );
  tx.signal('deliveries');
};
