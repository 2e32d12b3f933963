import type { Queryable, Transaction } from '@defter/platform';

/** Says where the payer's browser comes back to, before anyone calls the provider. */
export const insertRedirect = (
  tx: Transaction,
  tenantId: string,
  operationId: string,
  returnUrl: string,
): Promise<unknown> =>
  tx.query('insert into operation_redirect (tenant_id, operation_id, return_url) values ($1, $2, $3)', [
    tenantId,
    operationId,
    returnUrl,
  ]);

/** Notes where the provider wants the payer to go; passed over for operations that nobody pays on a page. */
export const noteNextUrl = (
  tx: Transaction,
  tenantId: string,
  operationId: string,
  url: string,
): Promise<unknown> =>
  tx.query('update operation_redirect set next_url = $3 where tenant_id = $1 and operation_id = $2', [
    tenantId,
    operationId,
    url,
  ]);

/** Where the provider wants the payer to go; undefined while it wants nothing. */
export const nextUrlOf = async (
  database: Queryable,
  tenantId: string,
  operationId: string,
): Promise<string | undefined> => {
  const [row] = await database.query<{ next_url: string | null }>(
    'select next_url from operation_redirect where tenant_id = $1 and operation_id = $2',
    [tenantId, operationId],
  );
  return row?.next_url ?? undefined;
};
