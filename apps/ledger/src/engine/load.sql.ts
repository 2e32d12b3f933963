/**
 * Reads the head and all that a batch needs in one round trip and of one snapshot, as one row. Every amount
 * is text, so that no digit passes through a double. `$1` ledger, `$2` keys, `$3` references, `$4`
 * transaction ids, `$5`/`$6`
 * accounts and assets pairwise, `$7` whether to look for the accounts themselves (strict mode).
 * Times of recording never go back, even when the server's clock does: the past is looked up by them.
 */
export const LOAD_SQL = `
select
  head.sequence::text as sequence, head.last_transaction_id::text as "lastTransactionId",
  head.last_batch::text as "lastBatch", head.revision::text as revision, head.hash,
  head.settings_version as "settingsVersion",
  to_char(head.latest_effective_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    as "latestEffectiveAt",
  to_char(greatest(clock_timestamp(), (select b.recorded_at from batch b
      where b.ledger_id = $1 order by b.batch desc limit 1)) at time zone 'UTC',
    'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
  (select json_agg(json_build_object(
      'key', e.idempotency_key, 'fingerprint', encode(e.fingerprint, 'hex'), 'sequence', e.sequence,
      'recordedAt', to_char(e.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
      'type', e.type, 'payload', e.payload))
    from unnest($2::text[]) as k (key)
    cross join lateral (select * from event
      where event.ledger_id = $1 and event.idempotency_key = k.key limit 1) as e) as accepted,
  (select json_agg(json_build_object(
      'key', r.idempotency_key, 'fingerprint', encode(r.fingerprint, 'hex'), 'refusal', r.refusal))
    from unnest($2::text[]) as k (key)
    cross join lateral (select * from refused_key
      where refused_key.ledger_id = $1 and refused_key.idempotency_key = k.key limit 1) as r) as refused,
  (select json_agg(json_build_object(
      'id', t.transaction_id, 'status', t.status, 'reference', t.reference, 'revertedBy', t.reverted_by,
      'timestamp', to_char(t.effective_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
      'expiresAt', to_char(t.expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
      'postings', coalesce(
        (select json_agg(json_build_array(h.source, h.destination, h.asset, h.amount::text, h.remaining::text)
            order by h.position)
          from hold h where h.ledger_id = $1 and h.transaction_id = t.transaction_id),
        (select json_agg(json_build_array(p.source, p.destination, p.asset, p.amount::text)
            order by p.position)
          from posting p where p.ledger_id = $1 and p.sequence = t.sequence))))
    from (
      select found.* from unnest($3::text[]) as n (reference)
      cross join lateral (select * from transaction
        where transaction.ledger_id = $1 and transaction.reference = n.reference limit 1) as found
      union
      select found.* from unnest($4::bigint[]) as n (id)
      cross join lateral (select * from transaction
        where transaction.ledger_id = $1 and transaction.transaction_id = n.id limit 1) as found
    ) as t) as transactions,
  (select json_agg(json_build_array(b.account, b.asset, b.input::text, b.output::text, b.pending_in::text,
      b.pending_out::text))
    from unnest($5::text[], $6::text[]) as n (account, asset)
    cross join lateral (select * from balance
      where balance.ledger_id = $1 and balance.account = n.account and balance.asset = n.asset
      limit 1) as b) as balances,
  case when $7 then (select json_agg(a.address)
    from unnest($5::text[]) as n (account)
    cross join lateral (select address from account
      where account.ledger_id = $1 and account.address = n.account limit 1) as a) end as accounts
from ledger_head head where head.ledger_id = $1`;

type TransactionStatus = 'posted' | 'pending' | 'captured' | 'voided' | 'expired';

/** The row of LOAD_SQL; null where nothing was found. */
export interface LoadedRow {
  readonly sequence: string;
  readonly lastTransactionId: string;
  readonly lastBatch: string;
  readonly revision: string;
  readonly hash: Buffer;
  readonly settingsVersion: number;
  readonly latestEffectiveAt: string | null;
  readonly at: string;
  readonly accepted:
    | readonly {
        readonly key: string;
        readonly fingerprint: string;
        readonly sequence: number;
        readonly type: string;
        readonly recordedAt: string;
        readonly payload: unknown;
      }[]
    | null;
  readonly refused:
    | readonly {
        readonly key: string;
        readonly fingerprint: string;
        readonly refusal: Readonly<Record<string, unknown>>;
      }[]
    | null;
  readonly transactions:
    | readonly {
        readonly id: number;
        readonly status: TransactionStatus;
        readonly reference: string | null;
        readonly revertedBy: number | null;
        readonly timestamp: string;
        readonly expiresAt: string | null;
        readonly postings: readonly [string, string, string, string, string?][] | null;
      }[]
    | null;
  readonly balances: readonly [string, string, string, string, string, string][] | null;
  readonly accounts: readonly string[] | null;
}
