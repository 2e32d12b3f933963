-- Which settlement a credit of the bank is in: one, whatever the batch that it pays is called.
create table if not exists settlement_bank_line (
  tenant_id     text not null,
  connection_id text not null,
  -- Reconciliation's key of the booking, the same however often a statement is issued.
  line_key      text not null,
  settlement_id text not null,
  primary key (tenant_id, connection_id, line_key)
);
grant select, insert on settlement_bank_line to :"service";
