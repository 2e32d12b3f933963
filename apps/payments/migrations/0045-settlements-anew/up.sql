-- What a batch is made of by its newest message, whatever was decided about it: who asks for it anew, asks
-- for that.
create table if not exists settlement_figures (
  tenant_id     text        not null,
  connection_id text        not null,
  batch_ref     text        not null,
  currency      text        not null,
  batch         jsonb       not null,
  told_at       timestamptz not null default clock_timestamp(),
  primary key (tenant_id, connection_id, batch_ref, currency)
);
grant select, insert, update on settlement_figures to :"service";

-- What is wrong with a batch, or with a transfer that a person asked for; it is over when nothing is.
alter table settlement_refusal
  alter column batch drop not null,
  -- Its figures: until a message about it is taken.
  add column if not exists of_figures boolean not null default true,
  -- It isn't in the books: until its settlement is booked.
  add column if not exists until_booked boolean not null default false,
  -- One that was reverted stands in the books again: until it doesn't any more.
  add column if not exists stands_again boolean not null default false;
create index if not exists settlement_refusal_until_booked on settlement_refusal (tenant_id)
  where until_booked and resolved_at is null;

-- What becomes of a settlement in the ledger after it was reverted.
alter table settlement
  -- The transaction that reverted the reversal: it stands in the books again.
  add column if not exists reinstated_by bigint,
  -- The last one that has reverted it since.
  add column if not exists reverted_again_by bigint;
alter table settlement
  add constraint settlement_reinstated_reverted
    check (ended_how is not distinct from 'reverted'
        or (reinstated_by is null and reverted_again_by is null)) not valid;
alter table settlement validate constraint settlement_reinstated_reverted;
grant update (reinstated_by, reverted_again_by) on settlement to :"service";
create index if not exists settlement_by_last_reversal
  on settlement (tenant_id, coalesce(reinstated_by, reverted_again_by, reverted_by))
  where ended_how = 'reverted';

-- A credit of the bank stays in a settlement that stands in the books again.
create or replace function settlement_keeps_credits() returns trigger language plpgsql as $$
begin
  if old.settlement_id <> new.settlement_id
     and not exists (select from settlement s
                      where s.tenant_id = old.tenant_id and s.settlement_id = old.settlement_id
                        and s.ended_how is not null and s.reinstated_by is null) then
    raise exception 'the credit % is in settlement %', old.line_key, old.settlement_id
      using errcode = 'check_violation', constraint = 'settlement_keeps_credits';
  end if;
  return new;
end $$;
