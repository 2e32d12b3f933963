import type { Transaction } from '@defter/platform';
import type { Scheme } from '../signature.js';

/** An endpoint as it is stored. */
export interface EndpointRow {
  readonly id: string;
  readonly url: string;
  readonly description: string;
  readonly eventTypes: readonly string[];
  readonly headerNames: readonly string[];
  readonly headersSealed: string;
  readonly concurrency: number;
}

export const insertEndpoint = (
  tx: Transaction,
  tenantId: string,
  row: EndpointRow,
  enabled: boolean,
): Promise<unknown> =>
  tx.query(
    `insert into webhook_endpoint (tenant_id, id, url, description, event_types, header_names,
       headers_sealed, concurrency, status, disabled_reason, disabled_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, case when $9 then 'enabled' else 'disabled' end,
       case when not $9 then 'by_request' end, case when not $9 then now() end)`,
    [
      ...[tenantId, row.id, row.url, row.description, row.eventTypes, row.headerNames],
      ...[row.headersSealed, row.concurrency, enabled],
    ],
  );

/** Locks the endpoint; undefined when the tenant has none of this id. */
export const lockEndpoint = async (
  tx: Transaction,
  tenantId: string,
  id: string,
): Promise<(EndpointRow & { readonly status: 'enabled' | 'disabled' }) | undefined> => {
  const [row] = await tx.query<EndpointRow & { status: 'enabled' | 'disabled' }>(
    `select id, url, description, event_types as "eventTypes", header_names as "headerNames",
            headers_sealed as "headersSealed", concurrency, status
       from webhook_endpoint
      where tenant_id = $1 and id = $2 and status <> 'deleted' for no key update`,
    [tenantId, id],
  );
  return row;
};

export const updateEndpoint = (tx: Transaction, tenantId: string, row: EndpointRow): Promise<unknown> =>
  tx.query(
    `update webhook_endpoint
        set url = $3, description = $4, event_types = $5, header_names = $6, headers_sealed = $7,
            concurrency = $8, updated_at = now()
      where tenant_id = $1 and id = $2`,
    [
      ...[tenantId, row.id, row.url, row.description, row.eventTypes, row.headerNames],
      ...[row.headersSealed, row.concurrency],
    ],
  );

/** What is known of its health is forgotten when it is enabled: it gets its days anew. */
export const enableEndpoint = (tx: Transaction, tenantId: string, id: string): Promise<unknown> =>
  tx.query(
    `update webhook_endpoint
        set status = 'enabled', disabled_reason = null, disabled_at = null, failing_since = null,
            last_failed_at = null, slow_since = null, updated_at = now()
      where tenant_id = $1 and id = $2 and status = 'disabled'`,
    [tenantId, id],
  );

export const disableEndpoint = (tx: Transaction, tenantId: string, id: string): Promise<unknown> =>
  tx.query(
    `update webhook_endpoint
        set status = 'disabled', disabled_reason = 'by_request', disabled_at = now(), updated_at = now()
      where tenant_id = $1 and id = $2 and status = 'enabled'`,
    [tenantId, id],
  );

/** Its secrets go at once; its deliveries are canceled by housekeeping and stay to be looked at. */
export const deleteEndpoint = async (tx: Transaction, tenantId: string, id: string): Promise<void> => {
  await tx.query(
    `update webhook_endpoint
        set status = 'deleted', disabled_reason = null, disabled_at = null, header_names = '{}',
            headers_sealed = '', updated_at = now()
      where tenant_id = $1 and id = $2`,
    [tenantId, id],
  );
  await tx.query('delete from webhook_secret where tenant_id = $1 and endpoint_id = $2', [tenantId, id]);
};

export interface SecretRow {
  readonly endpointId: string;
  readonly id: string;
  readonly scheme: Scheme;
  readonly sealed: string;
  readonly publicKey: string | undefined;
}

export const insertSecret = (tx: Transaction, tenantId: string, secret: SecretRow): Promise<unknown> =>
  tx.query(
    `insert into webhook_secret (tenant_id, endpoint_id, id, scheme, sealed, public_key)
     values ($1, $2, $3, $4, $5, $6)`,
    [tenantId, secret.endpointId, secret.id, secret.scheme, secret.sealed, secret.publicKey ?? null],
  );

/**
 * Every secret so far ends after the overlap, or earlier if it was to end earlier; ended ones are removed.
 */
export const endSecrets = async (
  tx: Transaction,
  tenantId: string,
  endpointId: string,
  overlapMs: number,
): Promise<number> => {
  await tx.query(
    'delete from webhook_secret where tenant_id = $1 and endpoint_id = $2 and expires_at <= now()',
    [tenantId, endpointId],
  );
  const left = await tx.query(
    `update webhook_secret
        set expires_at = least(expires_at, now() + $3 * interval '1 millisecond')
      where tenant_id = $1 and endpoint_id = $2 returning id`,
    [tenantId, endpointId, overlapMs],
  );
  return left.length;
};
