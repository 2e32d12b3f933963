-- Writes the history of what a writer without it records, from here on; see note.md.

-- What the service writes beside its events: for those after `above` up to `up_to`. The head is locked by
-- whoever calls it. A writer's memory of the latest effective time is made stale by raising the revision.
create function write_history(ledger integer, above bigint, up_to bigint) returns void
language plpgsql as $$
declare
  latest timestamptz;
  accounts text[];
  sequences bigint[];
begin
  with entry as (
    insert into dated_entry
      (ledger_id, account, asset, effective_at, sequence, position, recorded_at, input, output)
    select ledger, side.account, posting.asset, posting.effective_at, posting.sequence, posting.position,
      event.recorded_at, sum(side.input), sum(side.output)
    from event
    join posting on posting.ledger_id = event.ledger_id and posting.sequence = event.sequence
    cross join lateral (values (posting.destination, posting.amount, 0::numeric),
      (posting.source, 0::numeric, posting.amount)) as side (account, input, output)
    where event.ledger_id = ledger and event.sequence > above and event.sequence <= up_to
      and posting.effective_at <> event.recorded_at
    group by 1, 2, 3, 4, 5, 6, 7
    returning *),
  hour as (
    insert into dated_hour as known (ledger_id, account, asset, hour, input, output)
    select ledger, change.account, change.asset, change.hour, sum(change.input), sum(change.output)
    from (
      select account, asset, date_trunc('hour', effective_at, 'UTC') as hour, input, output from entry
      union all
      select account, asset, date_trunc('hour', recorded_at, 'UTC'), -input, -output from entry) as change
    group by 2, 3, 4
    having sum(change.input) <> 0 or sum(change.output) <> 0
    on conflict (ledger_id, account, asset, hour) do update set
      input = known.input + excluded.input, output = known.output + excluded.output)
  select max(effective_at), array_agg(account), array_agg(sequence) into latest, accounts, sequences
  from entry;

  if latest is not null then
    perform mark_dated_runs(ledger, accounts, sequences);
    update ledger_head
    set latest_effective_at = greatest(latest_effective_at, latest), revision = revision + 1
    where ledger_id = ledger;
  end if;

  -- Beside the postings of its hold an event says the balances after it, in the order in which the postings
  -- first name them.
  insert into pending_entry (ledger_id, account, asset, sequence, pending_in, pending_out)
  select ledger, touched.account, touched.asset, event.sequence,
    (event.payload -> 'after' -> touched.place ->> 2)::numeric,
    (event.payload -> 'after' -> touched.place ->> 3)::numeric
  from event
  cross join lateral (
    select named.account, named.asset, (row_number() over (order by min(named.place)) - 1)::integer as place
    from (
      select part.value ->> side.member as account, part.value ->> 2 as asset,
        2 * part.ordinality + side.member as place
      from json_array_elements(coalesce(event.payload -> 'transaction' -> 'postings',
        event.payload -> 'postings')) with ordinality as part
      cross join (values (0), (1)) as side (member)) as named
    group by named.account, named.asset) as touched
  where event.ledger_id = ledger and event.sequence > above and event.sequence <= up_to
    and (event.type in ('HoldPosted', 'HoldVoided', 'HoldExpired')
      or event.type = 'TransactionCreated' and event.payload -> 'transaction' ->> 'status' = 'pending');
end
$$;

create function write_history_of_old_writer() returns trigger language plpgsql as $$
begin
  perform write_history(new.ledger_id, old.sequence, new.sequence);
  return null;
end
$$;

-- A writer that knows the history raises the revision with the sequence, and writes it itself. The trigger
-- waits for the end of the commit, when all of the batch is there.
create constraint trigger history_of_old_writer after update on ledger_head
  deferrable initially deferred for each row
  when (new.sequence > old.sequence and new.revision = old.revision)
  execute function write_history_of_old_writer();

-- Up to where a ledger was written without the trigger, and how far that is made up for. While this
-- transaction holds the lock of the trigger, no head moves.
create table history_backfill (
  ledger_id integer primary key,
  up_to bigint not null,
  done bigint not null default 0 check (done <= up_to)
);
insert into history_backfill (ledger_id, up_to)
select ledger_id, sequence from ledger_head where sequence > 0;

-- So many events at a time, each time in a transaction of its own: a writer waits for the head of its
-- ledger for as long as those take. What was done stays done.
create procedure backfill_history(events_at_once bigint) language plpgsql as $$
declare
  backfill record;
  above bigint;
begin
  for backfill in select ledger_id, up_to from history_backfill where done < up_to order by ledger_id loop
    loop
      perform 1 from ledger_head where ledger_id = backfill.ledger_id for update;
      select done into above from history_backfill where ledger_id = backfill.ledger_id;
      exit when above = backfill.up_to;
      perform write_history(backfill.ledger_id, above, least(above + events_at_once, backfill.up_to));
      update history_backfill set done = least(above + events_at_once, up_to)
      where ledger_id = backfill.ledger_id;
      commit;
    end loop;
  end loop;
end
$$;
