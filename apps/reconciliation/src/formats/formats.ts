import type { SettlementLine } from '../settlement-line.js';
import { readCsv } from './csv.js';
import { decode, linesOf } from './decode.js';
import { type FileFault, FileRefused, Faults, faultsText, refused } from './file-fault.js';
import type { ColumnFormat, Statement } from './format.js';
import { adyen } from './adyen.js';
import { readCamt053 } from './camt053.js';
import { iyzico } from './iyzico.js';
import { mapped, Mapping } from './mapped.js';
import { readMt940 } from './mt940.js';
import { paytr } from './paytr.js';
import { stripe } from './stripe.js';
import { BadRow, columnsOf, Row } from './row.js';

export { FileRefused, faultsText, Mapping };
export type { FileFault };

const columnFormats: Readonly<Record<string, ColumnFormat>> = { stripe, adyen, iyzico, paytr };

/** What a file may be; `mapped` is read as the connection's mapping says. */
export const fileFormats = ['stripe', 'adyen', 'iyzico', 'paytr', 'mapped', 'camt053', 'mt940'] as const;
export type FileFormat = (typeof fileFormats)[number];

export const isStatement = (format: FileFormat): format is 'camt053' | 'mt940' =>
  format === 'camt053' || format === 'mt940';

type Bytes = AsyncIterable<Uint8Array>;

/** The statements of a bank's file, each checked against its own balances. @throws FileRefused */
export const readStatements = (format: 'camt053' | 'mt940', bytes: Bytes): Promise<readonly Statement[]> =>
  format === 'camt053' ? readCamt053(decode(bytes)) : readMt940(linesOf(decode(bytes)));

/**
 * The lines of a settlement file as they come, so that a file of any size needs no more memory than a line.
 * Whether all is well is known at the end: until then nothing may be used. @throws FileRefused
 */
export async function* readSettlement(
  format: Exclude<FileFormat, 'camt053' | 'mt940'>,
  bytes: Bytes,
  mapping?: Mapping,
): AsyncGenerator<SettlementLine> {
  const known = format === 'mapped' ? mapping && mapped(mapping) : columnFormats[format];
  if (known === undefined) throw refused(0, 'this connection has no mapping yet');
  const faults = new Faults();
  const reader = known.open();
  let columns: ReadonlyMap<string, number> | undefined;
  for await (const record of readCsv(linesOf(decode(bytes)))) {
    if (columns === undefined) {
      columns = columnsOf(record, known.needed, faults);
      faults.check();
      continue;
    }
    try {
      const line = reader.line(new Row(columns, record, known.notation));
      if (line !== undefined) yield line;
    } catch (error) {
      if (!(error instanceof BadRow)) throw error;
      faults.add({ line: record.line, reason: error.message });
    }
  }
  if (columns === undefined) throw refused(0, 'the file is empty');
  reader.end(faults);
  faults.check();
}
