-- outside a transaction: what is checked and indexed is so while others write. Every statement may run again.

alter table booking drop constraint if exists booking_kind_check;
alter table booking add constraint booking_kind_check
  check (kind in ('deposit', 'post', 'void', 'late_debit', 'return', 'hold', 'loss', 'settlement', 'debt',
                  'recovery', 'repayment')) not valid;
alter table booking validate constraint booking_kind_check;

-- What whoever was paid owes for a lost dispute, beside the intent's events, which say why. Below 0: more was
-- taken than is owed, because it was given back since.
create table if not exists debt (
  tenant_id    text          not null,
  -- The dispute's operation.
  operation_id text          not null,
  -- The intent.
  owner_id     text          not null,
  -- Where money comes from when there is any.
  account      text          not null,
  asset        text          not null,
  owed_minor   numeric(78,0) not null,
  -- When the ledger is asked (again) whether there is any: at once when an event says so.
  due_at       timestamptz   not null default now(),
  created_at   timestamptz   not null default now(),
  updated_at   timestamptz   not null default now(),
  primary key (tenant_id, operation_id)
);
create index if not exists debt_due on debt (tenant_id, due_at) where owed_minor <> 0;
create index if not exists debt_by_account on debt (tenant_id, account, asset) where owed_minor <> 0;
grant select, insert on debt to :"service";
grant update (owed_minor, due_at, updated_at) on debt to :"service";

-- Bookings of an operation: whether a part of a debt still waits for the ledger.
drop index concurrently if exists booking_moving;
create index concurrently booking_moving on booking (tenant_id, operation_id)
  where state = 'requested' and kind in ('recovery', 'repayment');

-- Open disputes of before are looked up, too; tomorrow, when no process of before is left.
update operation set next_step = 'look_up', due_at = now() + interval '1 day', updated_at = now()
 where kind = 'chargeback' and result = 'pending' and next_step is null and not leased;
