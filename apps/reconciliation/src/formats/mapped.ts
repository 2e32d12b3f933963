import { ArrayMaxSize, IsArray, IsIn, IsObject, IsOptional, IsString, MaxLength } from 'class-validator';
import { HasForm } from '@defter/platform';
import type { SettlementLine } from '../settlement-line.js';
import type { DecimalMark } from './decimal.js';
import type { Faults } from './file-fault.js';
import type { ColumnFormat } from './format.js';
import { BadRow, type Row } from './row.js';
import { Sums } from './sums.js';

const column = { each: true } as const;

/**
 * How a file of columns of its own is read: the names of its columns, and its words for kinds. Kept per
 * connection.
 */
export class Mapping {
  @IsIn(['point', 'comma', 'either']) decimal_mark!: DecimalMark;
  /** Of times that don't say it themselves. */
  @HasForm(/^[A-Za-z_]+(\/[A-Za-z_+-]+)*$/, 'a time zone such as Europe/Istanbul or UTC') zone!: string;
  @IsString() @MaxLength(100) amount!: string;
  @IsString() @MaxLength(100) time!: string;
  /** A column, or a currency in capitals that all lines have. */
  @IsString() @MaxLength(100) currency!: string;
  @IsOptional() @IsString() @MaxLength(100) fee?: string;
  @IsOptional() @IsString() @MaxLength(100) net?: string;
  @IsOptional() @IsString() @MaxLength(100) kind?: string;
  @IsOptional() @IsString() @MaxLength(100) reference?: string;
  @IsOptional() @IsString() @MaxLength(100) operation?: string;
  @IsOptional() @IsString() @MaxLength(100) batch?: string;
  /** The file's words for our kinds: `{"Satış": "sale"}`. */
  @IsOptional() @IsObject() kinds?: Readonly<Record<string, string>>;
  /** Words in the kind's column that begin a row with the sum of amounts, fees and nets. */
  @IsOptional() @IsArray() @ArrayMaxSize(10) @IsString(column) total_words?: readonly string[];
}

const knownKinds: ReadonlySet<string> = new Set([
  ...['sale', 'capture', 'refund', 'payout', 'payout_reversal', 'chargeback'],
  ...['fee', 'reserve', 'adjustment'],
]);

/** The format that a mapping describes. */
export function mapped(mapping: Mapping): ColumnFormat {
  const { amount, time, currency, fee, net, kind, reference, operation, batch } = mapping;
  const columns = [amount, time, fee, net, kind, reference, operation, batch];
  const named = columns.filter((name) => name !== undefined);
  return {
    needed: /^[A-Z]{3}$/.test(currency) ? named : [...named, currency],
    notation: { mark: mapping.decimal_mark, zone: mapping.zone },
    open: () => {
      const sums = new Sums();
      return {
        line: (row) => lineOf(row, mapping, sums),
        end: (faults: Faults) => sums.check(faults),
      };
    },
  };
}

const textOf = (row: Row, name: string | undefined): string => (name === undefined ? '' : row.text(name));

function lineOf(row: Row, mapping: Mapping, sums: Sums): SettlementLine | undefined {
  const currency = /^[A-Z]{3}$/.test(mapping.currency) ? mapping.currency : row.currency(mapping.currency);
  const amount = row.amount(mapping.amount, currency);
  const fee = mapping.fee === undefined ? 0n : row.amount(mapping.fee, currency);
  const net = mapping.net === undefined ? undefined : row.amount(mapping.net, currency);
  const word = textOf(row, mapping.kind);
  const named = [
    [`amounts in ${currency}`, amount],
    ...(mapping.fee === undefined ? [] : [[`fees in ${currency}`, fee] as const]),
    ...(net === undefined ? [] : [[`nets in ${currency}`, net] as const]),
  ] as const;
  if (mapping.total_words?.includes(word) === true) {
    for (const [name, sum] of named) sums.state(name, sum, row.record.line);
    return undefined;
  }
  const kind = signedKind(kindOf(word, mapping), amount);
  checkNet(amount, fee, net);
  for (const [name, sum] of named) sums.add(name, sum);
  return { ...moneyOf({ amount, fee, net }), ...aboutOf(row, mapping), kind, currency };
}

function checkNet(amount: bigint, fee: bigint, net: bigint | undefined): void {
  if (net === undefined) return;
  const fits = [sizeOf(amount) - sizeOf(fee), sizeOf(amount) + sizeOf(fee)].includes(sizeOf(net));
  if (!fits) throw new BadRow('net is not the amount less the fee');
}

function kindOf(word: string, { kind: column, kinds = {} }: Mapping): string {
  const kind = kinds[word] ?? (word === '' && column === undefined ? 'sale' : word);
  if (!knownKinds.has(kind)) throw new BadRow(`the kind "${word}" stands for nothing`);
  return kind;
}

/** Kinds that bring money in; one below zero is money that went back. */
const incoming: ReadonlySet<string> = new Set(['sale', 'capture']);

/** A file that has no word of its own for refunds writes them as sales below zero. */
const signedKind = (kind: string, amount: bigint): string =>
  amount < 0n && incoming.has(kind) ? 'refund' : kind;

type Money = Pick<SettlementLine, 'amountMinor' | 'feeMinor' | 'netMinor'>;

/** A fee below zero beside an amount below zero was given back: nothing was kept. */
function moneyOf({ amount, fee, net }: { amount: bigint; fee: bigint; net: bigint | undefined }): Money {
  const isGivenBack = amount < 0n && fee < 0n;
  const netMinor = net ?? (isGivenBack ? amount - fee : undefined);
  return {
    ...{ amountMinor: sizeOf(amount), feeMinor: isGivenBack ? 0n : sizeOf(fee) },
    ...(netMinor !== undefined && { netMinor }),
  };
}

type About = Omit<SettlementLine, 'kind' | 'currency' | keyof Money>;

function aboutOf(row: Row, mapping: Mapping): About {
  const { at, on } = row.time(mapping.time);
  const [operationId, batchRef] = [textOf(row, mapping.operation), textOf(row, mapping.batch)];
  return {
    ...{ lineNumber: row.record.line, raw: row.record.raw, status: 'succeeded' },
    providerRef: textOf(row, mapping.reference),
    ...(operationId !== '' && { operationId }),
    ...(batchRef !== '' && { batchRef }),
    ...{ businessOn: on, occurredAt: at },
  };
}

const sizeOf = (amount: bigint): bigint => (amount < 0n ? -amount : amount);
