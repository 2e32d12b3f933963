import type { Stage } from '../demo/stage.js';
import type { ChaosWorld } from './chaos-world.js';
import type { CustomerBooks, Entry } from './customer-books.js';
import { moveLabel } from './settlement-books.js';

/** An operation as the mock provider's own book has it. */
export interface BookedOperation {
  readonly id: string;
  readonly operation_id: string;
  readonly status: string;
  readonly amount: string;
  readonly customer: string;
  readonly webhooks_open: number;
}

export const bookOf = async (stage: Stage): Promise<readonly BookedOperation[]> => {
  const path = `/_test/book?connectionId=${stage.tenant.connection.id}`;
  return (await stage.provider<{ data: BookedOperation[] }>('GET', path)).data;
};

const OWNERS = `
select intent_id as id, customer_id as customer, status from payment_intent where customer_id = any($1)
union all
select payout_id, customer_id, status from payout where customer_id = any($1)
union all
select refund_id, customer_id, refund.status from refund
  join payment_intent using (tenant_id, intent_id) where customer_id = any($1)
union all
select settlement_id, batch_ref,
       case when approved_at is null then 'requested'
            when approved_by <> requested_by then 'approved by another' else 'approved' end
  from settlement where batch_ref = any($1)`;
const OPERATIONS = `
select operation.operation_id as id, kind, customer_id as customer, operation.result,
       amount_minor::text as amount, operation.provider_ref as "providerRef",
       count(distinct observation.observation_id) filter (where source = 'webhook')::int as webhooks,
       count(distinct observation.observation_id) filter (where source = 'report')::int as reports
from operation left join observation using (tenant_id, operation_id)
where customer_id = any($1) group by 1, 2, 3, 4, 5, 6`;
const BOOKINGS = `
select booking.booking_id as id, booking.kind, booking.state, owner.customer_id as customer
from booking join (select intent_id as id, customer_id from payment_intent
                   union all select payout_id, customer_id from payout
                   union all select settlement_id, batch_ref from settlement) owner
  on owner.id = booking.owner_id
where owner.customer_id = any($1)`;
const ENTRIES = `
select transaction.reference, event.idempotency_key as key, event.sequence::text,
       posting.source, posting.destination, posting.amount::text
from posting
join event using (ledger_id, sequence)
join transaction using (ledger_id, transaction_id)
where posting.source = any($1) or posting.destination = any($1)`;
const BALANCES = `
select account, (input - output)::text as posted, pending_out::text as held from balance
where account = any($1)`;
/** Known by what they are of, so that a booking under another key is found, too. */
const SETTLED = `
select transaction.metadata->>'settlement' as settlement, posting.source, posting.destination,
       posting.amount::text
from posting
join event using (ledger_id, sequence)
join transaction using (ledger_id, transaction_id)
where transaction.metadata->>'settlement' = any($1)`;
const DEBTS = `
select customer_id as customer, owed_minor::text as owed
from debt join payment_intent on intent_id = owner_id and payment_intent.tenant_id = debt.tenant_id
where customer_id = any($1)`;
const UNPUBLISHED = `select count(*)::int as open from outbox where published_at is null`;
const PARKED = `
select count(*)::int as open from parked_event where resolved_at is null and parked_at >= $1`;

interface Named {
  readonly customer: string;
}
type OperationRow = Record<'id' | 'kind' | 'result' | 'amount', string> & {
  readonly providerRef: string | null;
  readonly webhooks: number;
  readonly reports: number;
};
type Settled = Record<'settlement' | 'source' | 'destination' | 'amount', string>;
type Posting = Record<'sequence' | 'source' | 'destination' | 'amount', string> &
  Record<'reference' | 'key', string | null>;

/** What the three books and the queues between them hold for these customers. */
export const readCustomers = async (
  world: ChaosWorld,
  customers: readonly string[],
): Promise<ReadonlyMap<string, CustomerBooks>> => {
  const accounts = customers.flatMap((customer) => [accountOf(customer), debtOf(customer)]);
  const of = <R extends object>(sql: string) => world.rows<R>('payments', sql, [customers]);
  const [owners, operations, bookings, entries, balances, debts, book] = await Promise.all([
    of<Named & { id: string; status: string }>(OWNERS),
    of<Named & OperationRow>(OPERATIONS),
    of<Named & { id: string; kind: string; state: string }>(BOOKINGS),
    world.rows<Posting>('ledger', ENTRIES, [accounts]),
    world.rows<{ account: string; posted: string; held: string }>('ledger', BALANCES, [accounts]),
    of<Named & { owed: string }>(DEBTS),
    bookOf(world.stage),
  ]);
  const settlements = owners.map(({ id }) => id).filter((id) => id.startsWith('st_'));
  const settled = await world.rows<Settled>('ledger', SETTLED, [settlements]);
  const booksOf = (customer: string): CustomerBooks => {
    const account = accountOf(customer);
    const mine = (row: Named): boolean => row.customer === customer;
    const balance = balances.find((row) => row.account === account);
    const debt = debts.find(mine);
    const debtBalance = balances.find((row) => row.account === debtOf(customer));
    const ours = owners.filter(mine);
    const isOurs = ({ settlement }: Settled): boolean => ours.some(({ id }) => id === settlement);
    return {
      owners: ours,
      operations: operations.filter(mine).map((row) => ({ ...row, amount: BigInt(row.amount) })),
      bookings: bookings.filter(mine),
      provider: book
        .filter(mine)
        .map(({ operation_id: id, status, amount }) => ({ id, status, amount: BigInt(amount) })),
      entries: [
        ...entries.flatMap((row) => entryOf(row, account)),
        ...settled.filter(isOurs).map(({ source, destination, amount }) => ({
          ...{ label: moveLabel(source, destination), amount: BigInt(amount) },
        })),
      ],
      posted: BigInt(balance?.posted ?? '0'),
      held: BigInt(balance?.held ?? '0'),
      debt: debt && { owed: BigInt(debt.owed), posted: BigInt(debtBalance?.posted ?? '0') },
    };
  };
  return new Map(customers.map((customer) => [customer, booksOf(customer)]));
};

const accountOf = (customer: string): string => `users:${customer}:main`;
const debtOf = (customer: string): string => `users:${customer}:debt`;

const entryOf = (row: Posting, account: string): Entry[] => {
  const label = row.reference ?? row.key ?? `event ${row.sequence}`;
  if (row.source === account) return [{ label, amount: -BigInt(row.amount) }];
  return row.destination === account ? [{ label, amount: BigInt(row.amount) }] : [];
};

/** What still waits somewhere; empty when nothing does. Events parked before `since` don't count. */
export const openQueues = async (world: ChaosWorld, since: Date): Promise<string[]> => {
  const waiting = async (
    name: 'payments' | 'ledger' | 'webhook_ingress',
    sql: string,
    parameters: unknown[] = [],
  ): Promise<number> => (await world.rows<{ open: number }>(name, sql, parameters))[0]?.open ?? 0;
  const webhooks = (await bookOf(world.stage)).filter(({ webhooks_open }) => webhooks_open > 0).length;
  const counts: Record<string, number> = {
    'webhooks at the provider': webhooks,
    'messages of the ingress': await waiting('webhook_ingress', UNPUBLISHED),
    'messages of payments': await waiting('payments', UNPUBLISHED),
    'messages of the ledger': await waiting('ledger', UNPUBLISHED),
    'parked events': await waiting('payments', PARKED, [since]),
  };
  return Object.entries(counts).flatMap(([what, open]) => (open === 0 ? [] : [`${open} ${what} wait`]));
};
