-- outside a transaction: the index is made while the service writes. Every statement may run again.

-- Until when an attempt may wait for its payer; null once it was given up.
alter table operation add column if not exists payer_until timestamptz;
drop index concurrently if exists operation_waiting;
create index concurrently operation_waiting on operation (tenant_id, payer_until)
  where payer_until is not null and result = 'pending';

-- Payouts that were canceled before anything was sent: their calls ended, too.
update operation set result = 'errored', updated_at = now()
  from payout
 where payout.tenant_id = operation.tenant_id and payout.payout_id = operation.owner_id
   and payout.status = 'canceled' and operation.kind = 'payout' and operation.result = 'sending';
update payout set state = jsonb_set(state, '{operation,result}', '"errored"')
 where status = 'canceled' and state #>> '{operation,result}' = 'sending';
