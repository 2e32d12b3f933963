-- How a settlement ended that is not, or no longer, booked.
alter table settlement
  add column if not exists ended_how   text,
  add column if not exists ended_at    timestamptz,
  -- Who rejected or withdrew it; `ledger` where the ledger refused its booking or has reverted it.
  add column if not exists ended_by    text,
  add column if not exists end_reason  text,
  -- The transaction that reverted what it had booked.
  add column if not exists reverted_by bigint,
  -- What it is called, once it has ended: then `reference` is no name any more (trigger).
  add column if not exists ended_reference text;
alter table settlement
  add constraint settlement_end_known
    check (ended_how in ('rejected', 'withdrawn', 'refused', 'reverted')) not valid,
  add constraint settlement_end_whole
    check ((ended_how is null) = (ended_at is null) and (ended_how is null) = (ended_by is null)
       and (ended_how is null) = (end_reason is null)) not valid,
  add constraint settlement_reversal_whole
    check ((ended_how is not distinct from 'reverted') = (reverted_by is not null)) not valid,
  add constraint settlement_name_left check ((ended_how is null) = (ended_reference is null)) not valid,
  -- Of an approval and an end by people one is first, and the other one never happens.
  add constraint settlement_one_decision
    check (ended_how is null or (ended_how in ('refused', 'reverted')) = (approved_at is not null)) not valid,
  add constraint settlement_not_rejected_by_requester
    check (ended_how is distinct from 'rejected' or ended_by <> requested_by) not valid,
  add constraint settlement_withdrawn_by_requester
    check (ended_how is distinct from 'withdrawn' or ended_by = requested_by) not valid;
alter table settlement validate constraint settlement_end_known;
alter table settlement validate constraint settlement_end_whole;
alter table settlement validate constraint settlement_reversal_whole;
alter table settlement validate constraint settlement_name_left;
alter table settlement validate constraint settlement_one_decision;
alter table settlement validate constraint settlement_not_rejected_by_requester;
alter table settlement validate constraint settlement_withdrawn_by_requester;
grant update (ended_how, ended_at, ended_by, end_reason, reverted_by) on settlement to :"service";

-- What has ended leaves its batch to the next one, and its name by giving it up: the unique key of before
-- stays as it is, for processes of before insert by it.
create unique index if not exists settlement_live_batch
  on settlement (tenant_id, connection_id, batch_ref, currency)
  where batch_ref is not null and ended_how is null;
create index if not exists settlement_by_ended_reference
  on settlement (tenant_id, connection_id, ended_reference) where ended_reference is not null;
drop index if exists settlement_of_batch;

-- Only what reconciliation asked for gets other figures, until it is decided; an end is for ever.
create or replace function settlement_stays_as_seen() returns trigger language plpgsql as $$
begin
  if (old.payload_hash, old.batch, old.fee_difference_minor, old.evidence_by, old.similar_to)
     is distinct from
     (new.payload_hash, new.batch, new.fee_difference_minor, new.evidence_by, new.similar_to) then
    if old.approved_at is not null or old.batch_ref is null then
      raise exception 'settlement % is not changed any more', old.settlement_id
        using errcode = 'check_violation', constraint = 'settlement_stays_as_seen';
    end if;
    -- A process of before means to renew it, and would lose the batch's message by an error: nothing happens.
    if old.ended_how is not null or old.requested_by <> 'service:reconciliation' then
      return null;
    end if;
  end if;
  if old.ended_how is not null
     and (old.ended_how, old.ended_at, old.ended_by, old.end_reason, old.reverted_by,
          old.approved_by, old.approved_hash, old.approved_at)
         is distinct from
         (new.ended_how, new.ended_at, new.ended_by, new.end_reason, new.reverted_by,
          new.approved_by, new.approved_hash, new.approved_at) then
    raise exception 'settlement % has ended', old.settlement_id
      using errcode = 'check_violation', constraint = 'settlement_end_stays';
  end if;
  -- No name has a line feed.
  if old.ended_how is null and new.ended_how is not null then
    new.ended_reference := old.reference;
    new.reference := old.reference || E'\n' || old.settlement_id;
  end if;
  return new;
end $$;

-- A credit of the bank goes on to the next settlement of its batch, once the one that had it has ended.
grant update (settlement_id) on settlement_bank_line to :"service";
create or replace function settlement_keeps_credits() returns trigger language plpgsql as $$
begin
  if old.settlement_id <> new.settlement_id
     and not exists (select from settlement s
                      where s.tenant_id = old.tenant_id and s.settlement_id = old.settlement_id
                        and s.ended_how is not null) then
    raise exception 'the credit % is in settlement %', old.line_key, old.settlement_id
      using errcode = 'check_violation', constraint = 'settlement_keeps_credits';
  end if;
  return new;
end $$;
create or replace trigger settlement_keeps_credits before update on settlement_bank_line
  for each row execute function settlement_keeps_credits();
