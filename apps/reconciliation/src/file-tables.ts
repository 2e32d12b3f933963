import type { BankLine } from './settlement-line.js';
import { sha256, uuidOf } from './digest.js';
import type { LineRow, Source } from './report-rows.js';

/** A booking as it is stored. */
export interface BankRow {
  readonly line_number: number;
  readonly line_key: string;
  readonly line_hash: string;
  readonly account: string;
  readonly amount: string;
  readonly currency: string;
  readonly booked_on: string;
  readonly value_on: string | null;
  readonly reference: string;
  readonly remittance: string;
  readonly raw: string;
}

/** Columns of a table with the lines of a file, after those that all lines of a file share. */
interface FileTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly insert: string;
}

const tableOf = (name: string, types: Readonly<Record<string, string>>): FileTable => {
  const columns = Object.keys(types);
  const lists = columns.map((column, index) => `$${index + 6}::${types[column]}[]`);
  const insert = `
    insert into ${name} (tenant_id, file_id, provider, connection_id, report_ref, ${columns.join(', ')})
    select $1, $2, $3, $4, $5, line.* from unnest(${lists.join(', ')}) as line`;
  return { name, columns, insert };
};

export const fileTables = {
  settlement: tableOf('report_line', {
    ...{ line_number: 'int', line_key: 'uuid', line_hash: 'text', kind: 'text', family: 'text', leg: 'text' },
    ...{ operation_id: 'text', provider_ref: 'text', amount: 'numeric', fee: 'numeric', currency: 'text' },
    ...{ status: 'text', business_on: 'date', occurred_at: 'timestamptz', raw: 'text', batch_ref: 'text' },
    ...{ net: 'numeric', surcharge: 'numeric', original_amount: 'numeric', original_currency: 'text' },
    fx_rate: 'numeric',
  } satisfies Record<keyof LineRow, string>),
  statement: tableOf('bank_line', {
    ...{ line_number: 'int', line_key: 'uuid', line_hash: 'text', account: 'text', amount: 'numeric' },
    ...{ currency: 'text', booked_on: 'date', value_on: 'date', reference: 'text', remittance: 'text' },
    raw: 'text',
  } satisfies Record<keyof BankRow, string>),
} as const;

/** Bookings as rows. A booking's key is what it says and how often that came before on its account. */
export function bankRows({ provider, connectionId }: Source, lines: readonly BankLine[]): BankRow[] {
  const seen = new Map<string, number>();
  return lines.map((line, index) => {
    const { account, amountMinor, currency, bookedOn, reference } = line;
    const about = [provider, connectionId, account, bookedOn, reference, `${amountMinor}`, currency];
    const nth = (seen.get(about.join('\n')) ?? 0) + 1;
    seen.set(about.join('\n'), nth);
    return {
      // Several entries may stand in one line of the file; its place is kept in `raw`.
      ...{ line_number: index + 1, line_key: uuidOf(...about, nth), line_hash: sha256(line.raw) },
      ...{ account, amount: `${amountMinor}`, currency, booked_on: bookedOn, value_on: line.valueOn ?? null },
      ...{ reference, remittance: line.remittance, raw: line.raw },
    };
  });
}
