import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  isISO4217CurrencyCode,
  IsTimeZone,
  MaxLength,
  ValidateBy,
} from 'class-validator';
import type { SettlementLine } from '../settlement-line.js';
import type { DecimalMark } from './decimal.js';
import { excerpt, type Faults } from './file-fault.js';
import type { ColumnFormat } from './format.js';
import { BadRow, expectNet, type Row } from './row.js';
import { Sums } from './sums.js';

const column = { each: true } as const;

/** Three capitals are a currency, and one that there is: a slip would be the currency of every line. */
const ALL_LINES = /^[A-Z]{3}$/;

function IsColumnOrCurrency(): PropertyDecorator {
  return ValidateBy({
    name: 'columnOrCurrency',
    validator: {
      validate: (value) =>
        typeof value !== 'string' || !ALL_LINES.test(value) || isISO4217CurrencyCode(value),
      defaultMessage: () =>
        '$property must be the name of a column, or a currency of ISO 4217 such as TRY; three capitals are ' +
        'read as a currency',
    },
  });
}

/**
 * How a file of columns of its own is read: the names of its columns, and its words for kinds. Kept per
 * connection.
 */
export class Mapping {
  @IsIn(['point', 'comma', 'either']) decimal_mark!: DecimalMark;
  /** Of times that don't say it themselves. */
  @IsTimeZone({ message: '$property must be a time zone such as Europe/Istanbul or UTC' }) zone!: string;
  @IsString() @MaxLength(100) amount!: string;
  @IsString() @MaxLength(100) time!: string;
  /** A column, or a currency in capitals that all lines have. */
  @IsString() @MaxLength(100) @IsColumnOrCurrency() currency!: string;
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
    needed: ALL_LINES.test(currency) ? named : [...named, currency],
    notation: { mark: mapping.decimal_mark, zone: mapping.zone },
    open: () => {
      const seen = { sums: new Sums(), signs: new Map<string, boolean>() };
      return {
        line: (row) => lineOf(row, mapping, seen),
        end: (faults: Faults) => seen.sums.check(faults),
      };
    },
  };
}

/** What the rows of a file said so far: their sums, and with which sign they write what goes out. */
interface Seen {
  readonly sums: Sums;
  readonly signs: Map<string, boolean>;
}

const textOf = (row: Row, name: string | undefined): string => (name === undefined ? '' : row.text(name));

function lineOf(row: Row, mapping: Mapping, seen: Seen): SettlementLine | undefined {
  const currency = ALL_LINES.test(mapping.currency) ? mapping.currency : row.currency(mapping.currency);
  const figures = figuresOf(row, mapping, currency);
  const { amount, fee, net } = figures;
  const word = textOf(row, mapping.kind);
  const named = [
    ['amounts', amount],
    ...(mapping.fee === undefined ? [] : [['fees', fee] as const]),
    ...(net === undefined ? [] : [['nets', net] as const]),
  ] as const;
  if (mapping.total_words?.includes(word) === true) {
    for (const [name, sum] of named) seen.sums.state(name, currency, { amount: sum, line: row.record.line });
    return undefined;
  }
  const kind = kindOf(word, mapping, amount);
  expectOneSign(kind, amount, seen.signs);
  const money = moneyOf(kind, figures);
  for (const [name, sum] of named) seen.sums.add(name, currency, sum);
  return { ...money, ...aboutOf(row, mapping), kind, currency };
}

interface Figures {
  readonly currency: string;
  readonly amount: bigint;
  readonly fee: bigint;
  readonly net: bigint | undefined;
}

const figuresOf = (row: Row, mapping: Mapping, currency: string): Figures => ({
  currency,
  amount: row.amount(mapping.amount, currency),
  fee: mapping.fee === undefined ? 0n : row.amount(mapping.fee, currency),
  net: mapping.net === undefined ? undefined : row.amount(mapping.net, currency),
});

/** A sale below zero gives money back: it is a refund, and counts as one. */
function kindOf(word: string, { kind: column, kinds = {} }: Mapping, amount: bigint): string {
  const kind = kinds[word] ?? (word === '' && column === undefined ? 'sale' : word);
  if (!knownKinds.has(kind))
    throw new BadRow(`the kind "${excerpt(word)}" stands for nothing: add it to the mapping's kinds`);
  return amount < 0n && charges.has(kind) ? 'refund' : kind;
}

const charges: ReadonlySet<string> = new Set(['sale', 'capture']);
/** To whom their money goes, their sign says. */
const bothWays: ReadonlySet<string> = new Set(['reserve', 'adjustment']);

/** Files write what goes out with a minus or without; one that does both says something else by it. */
function expectOneSign(kind: string, amount: bigint, signs: Map<string, boolean>): void {
  if (amount === 0n || bothWays.has(kind) || charges.has(kind)) return;
  const isBelow = amount < 0n;
  if ((signs.get(kind) ?? isBelow) !== isBelow)
    throw new BadRow(
      `lines of the kind ${kind} are above and below zero in one file: which of them came back?`,
    );
  signs.set(kind, isBelow);
}

type Money = Pick<SettlementLine, 'amountMinor' | 'feeMinor' | 'netMinor'>;

/**
 * What a line adds to its settlement: sales add, refunds and payouts take, with whatever sign the file writes
 * those.
 */
function moneyOf(kind: string, { amount, fee, net, currency }: Figures): Money {
  const size = { amountMinor: sizeOf(amount), feeMinor: sizeOf(fee) };
  if (bothWays.has(kind)) return { ...size, netMinor: net ?? amount - size.feeMinor };
  if (net === undefined) return size;
  const isIn = charges.has(kind) || kind === 'payout_reversal';
  const netMinor = isIn ? net : -sizeOf(net);
  const amountIn = isIn ? size.amountMinor : -size.amountMinor;
  checkNet(amountIn, { fee: size.feeMinor, net: netMinor, currency });
  // One that was given back is none; the net has it.
  const isGivenBack = netMinor === amountIn + size.feeMinor;
  return { amountMinor: size.amountMinor, feeMinor: isGivenBack ? 0n : size.feeMinor, netMinor };
}

/** A fee is taken or, with a refund, say, given back. */
function checkNet(
  amount: bigint,
  { fee, net, currency }: { readonly fee: bigint; readonly net: bigint; readonly currency: string },
): void {
  if (net === amount + fee) return;
  expectNet('net', currency, { is: net, of: amount - fee, sum: 'the amount less the fee' });
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
