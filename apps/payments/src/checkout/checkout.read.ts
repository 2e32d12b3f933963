import type { Queryable } from '@defter/platform';
import {
  CHECKOUT_COLUMNS,
  type CheckoutRow,
  type StoredCheckout,
  toCheckoutRow,
} from './checkout-session-row.js';

type Key = 'session_id' | 'token' | 'merchant_reference';

const findBy =
  (key: Key) =>
  async (database: Queryable, tenantId: string, value: string): Promise<CheckoutRow | undefined> => {
    const sql = `select ${CHECKOUT_COLUMNS} from checkout_session where tenant_id = $1 and ${key} = $2`;
    const [row] = await database.query<StoredCheckout>(sql, [tenantId, value]);
    return row && toCheckoutRow(row);
  };

/** One session; undefined also when it is another tenant's. */
export const findSession = findBy('session_id');
/** The session of a page's address. */
export const findSessionByToken = findBy('token');
export const findSessionByReference = findBy('merchant_reference');

/** The database's time; what decides whether a session has expired. */
export const databaseTime = async (database: Queryable): Promise<Date> => {
  const [row] = await database.query<{ now: Date }>('select clock_timestamp() as now');
  if (row === undefined) throw new Error('The database has no time');
  return row.now;
};
