import { canonicalJson } from '@defter/platform';
import { sha256, sha256Of } from '../digest.js';
import { bankRows } from '../file-tables.js';
import {
  type FileFormat,
  isStatement,
  type Mapping,
  readSettlement,
  readStatements,
} from '../formats/formats.js';
import type { ConnectionName } from '../connections.js';
import type { Statement } from '../formats/format.js';
import { RowMaker } from '../report-rows.js';
import type { FileLines } from '../report-store.js';

/** A file that was handed in, and how it is to be read. */
export interface HandedIn extends ConnectionName {
  readonly name: string;
  readonly format: FileFormat;
  readonly by: string;
  /** It replaces the file of its name, whatever dates that is about. */
  readonly replaces: boolean;
  readonly mapping?: Mapping;
}

/** What a settlement file in columns is called: nothing in it says whose version it is. */
export const fileRef = ({ name }: HandedIn): string => `file:${name}`;

interface Bytes {
  readonly zone: string;
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly contentHash: string;
}

/** A report that stands in a file. */
export interface ReportToStore {
  readonly reportRef: string;
  readonly contentHash: string;
  readonly readAs?: string;
  readonly samePeriod?: boolean;
  readonly lines: FileLines;
}
/**
 * The reports in a file. A bank's statement has a name of its own, whatever the file is called, and its
 * entries are its content: the bank writes another time of making into each copy. Everything else is one
 * report, by the name of the file.
 */
export async function reportsIn(
  file: HandedIn,
  { zone, bytes, contentHash }: Bytes,
): Promise<readonly ReportToStore[]> {
  const { format, mapping, replaces } = file;
  const source = { ...file, zone };
  if (isStatement(format)) {
    const statements = await readStatements(format, bytes);
    return merged(statements).map((statement) => {
      const rows = bankRows(source, statement.lines);
      const said = rows.flatMap(({ line_hash, remittance }) => [line_hash, remittance]);
      const lines = { kind: 'statement', rows } as const;
      return {
        reportRef: `statement:${statement.name}`,
        contentHash: sha256Of(statement.name, ...said),
        lines,
      };
    });
  }
  const maker = new RowMaker(source, fileRef(file));
  const rows = async function* () {
    for await (const line of readSettlement(format, bytes, mapping)) yield maker.row(line);
  };
  const readAs = format === 'mapped' ? `mapped ${sha256(canonicalJson(mapping ?? null))}` : format;
  const lines = { kind: 'settlement', rows: rows() } as const;
  return [{ reportRef: fileRef(file), contentHash, readAs, samePeriod: !replaces, lines }];
}

/** What stands in a file twice under one name is one report. */
function merged(statements: readonly Statement[]): Statement[] {
  const byName = new Map<string, Statement>();
  for (const { name, lines } of statements)
    byName.set(name, { name, lines: [...(byName.get(name)?.lines ?? []), ...lines] });
  return [...byName.values()];
}
