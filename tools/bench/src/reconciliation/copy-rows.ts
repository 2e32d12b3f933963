/** Lines of COPY for the tables of reconciliation. */
export type Value = string | number | null;

export const row = (...values: readonly Value[]): string =>
  `${values.map((value) => value ?? '\\N').join('\t')}\n`;

/** Lines of COPY for one table, or a statement of its own. */
export interface TableRows {
  readonly copy: string;
  readonly rows: Iterable<string>;
}

/** In this order: the columns that the rows must have. */
export const copies = {
  operation: `copy operation (tenant_id, operation_id, aggregate_id, aggregate_version, provider,
    connection_id, customer_id,
    kind, family, result, amount, fee, currency, provider_ref, ledger_reference, business_on,
    occurred_at) from stdin`,
  journal: `copy journal_entry (tenant_id, ledger, sequence, posting_number, transaction_id, movement,
    reference, source, destination, amount, asset, recorded_at) from stdin`,
  file: `copy report_file (tenant_id, file_id, provider, connection_id, report_ref, content_hash,
    business_on, byte_count, line_count, totals, ingested_by, ingested_at, kind) from stdin`,
  line: `copy report_line (tenant_id, file_id, line_number, line_key, line_hash, provider, connection_id,
    report_ref, kind, family, leg, operation_id, provider_ref, amount, fee, currency, status, business_on,
    occurred_at, raw, batch_ref, net) from stdin`,
  booking: `copy bank_line (tenant_id, file_id, line_number, line_key, line_hash, provider, connection_id,
    report_ref, account, amount, currency, booked_on, reference, remittance, raw) from stdin`,
} as const;
