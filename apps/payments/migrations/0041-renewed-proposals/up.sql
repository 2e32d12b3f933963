-- What reconciliation proposes is renewed while nobody has approved it: then its figures may still change.
grant update (payload_hash, batch, fee_difference_minor, evidence_by, similar_to) on settlement to :"service";

-- What a person asked for, and what is approved, is never changed.
create or replace function settlement_stays_as_seen() returns trigger language plpgsql as $$
begin
  if (old.approved_at is not null or old.batch_ref is null)
     and (old.payload_hash, old.batch, old.fee_difference_minor, old.evidence_by, old.similar_to)
         is distinct from
         (new.payload_hash, new.batch, new.fee_difference_minor, new.evidence_by, new.similar_to) then
    raise exception 'settlement % is not changed any more', old.settlement_id
      using errcode = 'check_violation', constraint = 'settlement_stays_as_seen';
  end if;
  return new;
end $$;
create or replace trigger settlement_stays_as_seen before update on settlement
  for each row execute function settlement_stays_as_seen();
