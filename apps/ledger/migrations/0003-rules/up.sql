-- The rules of a ledger that can be set: see note.md.

alter table ledger
  -- Takes nothing new; holds that are open may still end.
  add column closed boolean not null default false,
  -- Whether a refused key stays refused for ever, or may be tried again.
  add column refusals text not null default 'sticky' check (refusals in ('sticky', 'retryable')),
  -- What a backdated transaction must leave funds for.
  add column backdating text not null default 'final-state'
    check (backdating in ('final-state', 'every-state')),
  -- Shadow accepts what the rules of balances would refuse, and marks it.
  add column mode text not null default 'enforce' check (mode in ('enforce', 'shadow')),
  -- Whether balances that a command expects are compared with the ledger's.
  add column mismatch_log boolean not null default true;

alter table account_type
  -- The side on which the balance grows, and on which the overdraft counts.
  add column normal_side text not null default 'credit' check (normal_side in ('credit', 'debit'));

-- The rule of funds of debit-normal accounts, held here as `floor` holds it for the others. Null is no limit.
alter table balance add column ceiling numeric;
-- Every row there is has no ceiling, so there is nothing to validate.
alter table balance add constraint balance_ceiling
  check (ceiling is null or input + pending_in - output <= ceiling) not valid;

-- A condition on a balance. Whether it is met follows from the balance; nothing of it is stored.
create table monitor (
  ledger_id integer not null,
  monitor_id text collate "C" not null,
  account text collate "C" not null,
  asset text collate "C" not null,
  balance text not null check (balance in ('posted', 'available')),
  op text not null check (op in ('lt', 'lte', 'eq', 'gte', 'gt')),
  amount numeric not null check (scale(amount) = 0),
  created_at timestamptz not null default clock_timestamp(),
  primary key (ledger_id, monitor_id)
);

-- Append-only. Where the ledger and a balance source that a tenant moves away from disagree: about a figure
-- (`expected`, `actual`), or about whether a transaction is allowed (`refusal`). `part` tells apart what one
-- event, or one comparison at one sequence, found.
create table mismatch (
  ledger_id integer not null,
  sequence bigint not null,
  part integer not null,
  kind text not null check (kind in ('balance', 'refusal')),
  origin text not null check (origin in ('command', 'comparison')),
  transaction_id bigint,
  account text collate "C",
  asset text collate "C",
  expected numeric,
  actual numeric,
  refusal jsonb,
  recorded_at timestamptz not null,
  primary key (ledger_id, sequence, part),
  check ((kind = 'refusal') = (refusal is not null)),
  check ((kind = 'balance') = (account is not null and asset is not null
    and expected is not null and actual is not null))
);

grant update (closed, refusals, backdating, mode, mismatch_log) on ledger to :"service";
grant delete on account_type to :"service";
grant select, insert, update, delete on monitor to :"service";
grant select, insert on mismatch to :"service";
