import type { ModelLedger } from '@defter/testing';
import type pg from 'pg';
import type { Journal } from './journal.js';

/** A table as lines of `name: value`, read from the database and made from the model. */
interface Comparison {
  readonly what: string;
  readonly sql: string;
  readonly expected: (model: ModelLedger) => Iterable<readonly [name: string, value: string]>;
}

const INSTANT = `'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`;
const MOST_SHOWN = 5;

const COMPARISONS: readonly Comparison[] = [
  {
    what: 'balance',
    sql: `select account || ' ' || asset as name,
      concat_ws(',', input, output, pending_in, pending_out) as value from balance where ledger_id = $1`,
    *expected({ balances }) {
      for (const [name, { input, output, pendingIn, pendingOut }] of balances) {
        yield [name, [input, output, pendingIn, pendingOut].join()];
      }
    },
  },
  {
    what: 'transaction',
    sql: `select transaction_id::text as name, concat_ws(',', status,
      to_char(effective_at at time zone 'UTC', ${INSTANT}), coalesce(reference, '-'),
      coalesce(to_char(expires_at at time zone 'UTC', ${INSTANT}), '-'), coalesce(reverts::text, '-'),
      coalesce(reverted_by::text, '-')) as value from transaction where ledger_id = $1`,
    *expected({ transactions }) {
      for (const {
        id,
        status,
        timestamp,
        reference,
        expiresAt,
        reverts,
        revertedBy,
      } of transactions.values()) {
        const rest = [reference, expiresAt, reverts, revertedBy].map((member) => member ?? '-');
        yield [`${id}`, [status, timestamp, ...rest].join()];
      }
    },
  },
  {
    what: 'hold',
    sql: `select transaction_id || ' ' || position as name, concat_ws(',', source, destination, asset, amount,
      captured, remaining) as value from hold where ledger_id = $1`,
    *expected({ transactions }) {
      for (const { id, postings, left, taken } of transactions.values()) {
        for (const [index, held] of left.entries()) {
          const { from, to, asset, amount } = postings[index] ?? {};
          yield [`${id} ${index}`, [from, to, asset, amount, taken[index], held].join()];
        }
      }
    },
  },
  {
    what: 'metadata',
    sql: `select name,
      string_agg(pair.key || '=' || pair.value, ',' order by pair.key collate "C") as value from (
        select transaction_id::text as name, metadata from transaction where ledger_id = $1
        union all select address, metadata from account where ledger_id = $1) as target
      cross join lateral jsonb_each_text(target.metadata) as pair group by name`,
    *expected({ metadata }) {
      for (const [target, words] of metadata) {
        const lines = [...words].map(([key, value]) => `${key}=${value}`).sort();
        if (lines.length > 0) yield [`${target}`, lines.join()];
      }
    },
  },
  {
    what: 'key',
    sql: `select idempotency_key as name, 'accepted' as value from event
      where ledger_id = $1 and idempotency_key is not null
      union all select idempotency_key, refusal ->> 'code' from refused_key where ledger_id = $1`,
    *expected({ keys }) {
      for (const [key, { answer }] of keys) yield [key, answer.ok ? 'accepted' : answer.code];
    },
  },
];

/** Compares what stands in the tables with the model, row by row. */
export const compareTables = async (
  client: pg.Client,
  ledgerId: number,
  model: ModelLedger,
  journal: Journal,
): Promise<void> => {
  for (const { what, sql, expected } of COMPARISONS) {
    const rows = await client.query<{ name: string; value: string }>(sql, [ledgerId]);
    const found = new Map<string, string | undefined>(rows.rows.map(({ name, value }) => [name, value]));
    const differences: string[] = [];
    if (found.size !== rows.rows.length) differences.push(`A ${what} stands twice`);
    for (const [name, value] of expected(model)) {
      const actual = found.get(name);
      if (actual !== value) differences.push(`${what} ${name} is ${actual}, in the model ${value}`);
      found.delete(name);
    }
    for (const [name, value] of found) differences.push(`${what} ${name} is ${value}, the model has none`);
    for (const difference of differences.slice(0, MOST_SHOWN)) journal.differs(difference);
    journal.count(`rows compared: ${what}`, rows.rows.length);
  }
  await checkSums(client, ledgerId, journal);
};

const SUMS = `
select 'sum of ' || asset as what, sum(input - output)::text as actual, '0' as expected
  from balance where ledger_id = $1 group by asset
union all select 'sum of pending ' || asset, sum(pending_in - pending_out)::text, '0'
  from balance where ledger_id = $1 group by asset
union all select 'highest event', max(sequence)::text, count(*)::text from event where ledger_id = $1
union all select 'highest transaction', max(transaction_id)::text, count(*)::text
  from transaction where ledger_id = $1
union all select 'head', sequence || ' ' || last_transaction_id,
  (select count(*) from event where ledger_id = $1) || ' ' ||
  (select count(*) from transaction where ledger_id = $1) from ledger_head where ledger_id = $1`;

/** Sums are zero, numbers have no gap. */
const checkSums = async (client: pg.Client, ledgerId: number, journal: Journal): Promise<void> => {
  const { rows } = await client.query<{ what: string; actual: string; expected: string }>(SUMS, [ledgerId]);
  for (const { what, actual, expected } of rows) {
    if (actual !== expected) journal.differs(`The ${what} is ${actual}, not ${expected}`);
  }
};
