/**
 * Figures that follow from the rows of a projection and are kept in another table. Each gives what it is and
 * what it must be, as text; `mend` puts it right. `$1` is the ledger.
 */
export interface Beside {
  readonly name: string;
  readonly live: string;
  readonly rebuilt: string;
  readonly mend: string;
}

const LATEST = 'select max(effective_at) from rebuilt_dated_entry where ledger_id = $1';

/** The latest effective time of all postings that are dated. */
export const LATEST_EFFECTIVE: Beside = {
  name: 'ledger_head latest_effective_at',
  live: 'select latest_effective_at::text from ledger_head where ledger_id = $1',
  rebuilt: `select (${LATEST})::text`,
  mend: `update ledger_head set latest_effective_at = (${LATEST})
    where ledger_id = $1 and latest_effective_at is distinct from (${LATEST}) returning 1`,
};

const COUNTED = `
select least(kept.up_to, head.sequence) as up_to, (select count(*) from rebuilt_account account
  where account.ledger_id = $1 and account.first_sequence <= kept.up_to) as accounts
from account_count kept join ledger_head head using (ledger_id)
where ledger_id = $1`;

/** How many accounts there were up to a sequence, where it was counted. */
export const ACCOUNT_COUNT: Beside = {
  name: 'account_count',
  live: `select accounts || ' up to ' || up_to from account_count where ledger_id = $1`,
  rebuilt: `select accounts || ' up to ' || up_to from (${COUNTED}) counted`,
  mend: `update account_count kept set up_to = counted.up_to, accounts = counted.accounts
    from (${COUNTED}) counted
    where kept.ledger_id = $1 and (kept.up_to, kept.accounts) <> (counted.up_to, counted.accounts)
    returning 1`,
};
