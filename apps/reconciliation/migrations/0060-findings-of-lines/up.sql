-- outside a transaction: findings are many, and writes go on meanwhile. Every statement may run again.

-- Reports ask what was told of each line in doubt; without this every finding of these types ever is read.
drop index concurrently if exists finding_of_line;
create index concurrently finding_of_line on finding (tenant_id, (raw #>> '{line,key}'))
  where finding_type in ('missing_in_ledger', 'duplicate_settlement_line', 'amount_mismatch', 'fx_mismatch',
    'currency_mismatch');
