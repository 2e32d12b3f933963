import type { BankLine } from '../settlement-line.js';
import { minorOf } from './decimal.js';
import { excerpt, type FileFault, FileRefused, refused } from './file-fault.js';
import { balancesText, type Statement } from './format.js';

/**
 * SWIFT MT940 (customer statement): fields `:20:` reference, `:25:` account, `:28C:` number, `:60F:` opening
 * balance, `:61:` entries, each with `:86:` text, `:62F:` closing balance. A statement of several pages has
 * `:60M:` and `:62M:` between them. Headers and trailers in braces, as SWIFT carries them, are skipped.
 * Source: SWIFT Standards MT, category 9.
 */
interface Field {
  readonly tag: string;
  readonly line: number;
  readonly lines: string[];
}

const BALANCE = /^(C|D)(\d{6})([A-Z]{3})([\d,]{1,15})$/;
/** Value and booking date, debit or credit (R: a reversal), amount, type, our reference, // the bank's. */
const ENTRY = /^(\d{6})(\d{4})?(R?[CD])([A-Z])?([\d,]{1,15})([NFS][A-Z0-9]{3})([^/]{0,16})(?:\/\/(.{0,16}))?/;

/** Reads all statements of a file. @throws FileRefused */
export async function readMt940(lines: AsyncIterable<string>): Promise<readonly Statement[]> {
  const faults: FileFault[] = [];
  const statements: Statement[] = [];
  let fields: Field[] = [];
  for await (const field of fieldsOf(lines)) {
    if (field.tag === '20' && fields.length > 0) fields = closed(fields, statements, faults);
    fields.push(field);
  }
  if (fields.length > 0) closed(fields, statements, faults);
  if (faults.length > 0) throw new FileRefused(faults.slice(0, 20));
  if (statements.length === 0) throw refused(0, 'there is no statement in it');
  return merged(statements);
}

async function* fieldsOf(lines: AsyncIterable<string>): AsyncGenerator<Field> {
  let field: Field | undefined;
  let number = 0;
  for await (const text of lines) {
    number++;
    const line = text.replace(/^\ufeff/, '').replace(/^\{.*\{4:$/, '');
    const next = begun(line, number);
    const ends = /^-(\}.*)?$/.test(line);
    if (next === undefined && !ends) {
      if (line.trim() !== '') goOn(field, line, number);
      continue;
    }
    if (field !== undefined) yield field;
    field = next;
  }
  if (field !== undefined) yield field;
}

/** The field that begins in this line. */
function begun(line: string, number: number): Field | undefined {
  const [, tag, rest = ''] = /^:(\d{2}[A-Z]?):(.*)$/.exec(line) ?? [];
  return tag === undefined ? undefined : { tag, line: number, lines: [rest] };
}

function goOn(field: Field | undefined, line: string, number: number): void {
  if (field === undefined) throw refused(number, `text before the first field: "${excerpt(line)}"`);
  field.lines.push(line);
}

/** Makes a statement of its fields, which have all been read; returns the empty list for the next one. */
function closed(fields: readonly Field[], statements: Statement[], faults: FileFault[]): Field[] {
  const find = (...tags: readonly string[]) => fields.find(({ tag }) => tags.includes(tag));
  const textOf = (...tags: readonly string[]): string => find(...tags)?.lines[0]?.trim() ?? '';
  const [account, number] = [textOf('25'), textOf('28C', '28')];
  const [opening, end] = [balanceOf(find('60F', '60M'), faults), find('62F', '62M')];
  const closing = balanceOf(end, faults);
  const [{ line } = { line: 0 }] = fields;
  if (account === '') faults.push({ line, reason: 'a statement without account (:25:)' });
  if (opening === undefined || closing === undefined) {
    faults.push({ line, reason: 'a statement without opening and closing balance (:60:, :62:)' });
    return [];
  }
  const entries = entriesOf(fields, { account, ...opening }, faults);
  const moved = entries.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  checkBalances({ opening, closing, moved, line: end?.line ?? line }, faults);
  const page = { account, number: number.split('/')[0] ?? '', isLater: find('60M') !== undefined };
  statements.push({ name: nameOf(page, opening.on, statements.at(-1)), lines: entries });
  return [];
}

/**
 * Account, the day it begins, and number: there are banks that number all statements alike. A later page of a
 * statement (`:60M:`) is of the one before.
 */
function nameOf(
  { account, number, isLater }: { account: string; number: string; isLater: boolean },
  on: string,
  before: Statement | undefined,
): string {
  if (!isLater || before === undefined) return `${account}/${on}/${number}`;
  const isSame = before.name.startsWith(`${account}/`) && before.name.endsWith(`/${number}`);
  return isSame ? before.name : `${account}/${on}/${number}`;
}

interface Balances {
  readonly opening: Balance;
  readonly closing: Balance;
  readonly moved: bigint;
  readonly line: number;
}

function checkBalances({ opening, closing, moved, line }: Balances, faults: FileFault[]): void {
  if (opening.currency === closing.currency && opening.amount + moved === closing.amount) return;
  faults.push({ line, reason: balancesText({ opening, moved, closing }) });
}

interface Balance {
  readonly amount: bigint;
  readonly currency: string;
  readonly on: string;
}

function balanceOf(field: Field | undefined, faults: FileFault[]): Balance | undefined {
  if (field === undefined) return undefined;
  const balance = readBalance(BALANCE.exec(firstOf(field)) ?? []);
  if (balance === undefined) faults.push({ line: field.line, reason: `":${field.tag}:" is no balance` });
  return balance;
}

const firstOf = ({ lines }: Field): string => (lines[0] ?? '').trim();

function readBalance([, mark, date = '', currency = '', text = '']: readonly string[]): Balance | undefined {
  const [amount, on] = [amountOf(text, currency), dateOf(date)];
  if (mark === undefined || amount === undefined || on === undefined) return undefined;
  return { amount: mark === 'D' ? -amount : amount, currency, on };
}

function entriesOf(
  fields: readonly Field[],
  { account, currency }: { account: string; currency: string },
  faults: FileFault[],
): BankLine[] {
  return fields.flatMap((field, index): BankLine[] => {
    if (field.tag !== '61') return [];
    const entry = readEntry(ENTRY.exec(field.lines[0] ?? '') ?? [], currency);
    if (entry === undefined) {
      faults.push({ line: field.line, reason: `":61:" is no entry: "${excerpt(firstOf(field))}"` });
      return [];
    }
    const { bank, ...read } = entry;
    const next = fields[index + 1];
    const remittance = [bank, ...field.lines.slice(1), ...(next?.tag === '86' ? next.lines : [])].join(' ');
    const place = { lineNumber: field.line, raw: field.lines.join('\n'), account, currency };
    return [{ ...place, ...read, remittance: remittance.trim() }];
  });
}

type Entry = Pick<BankLine, 'valueOn' | 'amountMinor' | 'bookedOn' | 'reference'> & { readonly bank: string };

function readEntry(found: readonly (string | undefined)[], currency: string): Entry | undefined {
  const text = (at: number): string => found[at] ?? '';
  const [amount, valueOn] = [amountOf(text(5), currency), dateOf(text(1))];
  if (amount === undefined || valueOn === undefined) return undefined;
  const amountMinor = ['D', 'RC'].includes(text(3)) ? -amount : amount;
  return {
    ...{ valueOn, amountMinor, bookedOn: bookedOn(valueOn, found[2]) },
    ...{ reference: text(7).trim(), bank: text(8) },
  };
}

/** The booking date has no year: that of the value date, or the one beside it at the turn of the year. */
function bookedOn(valueOn: string, booked: string | undefined): string {
  if (booked === undefined) return valueOn;
  const year = parseInt(valueOn.slice(0, 4), 10);
  const at = (of: number): string => `${of}-${booked.slice(0, 2)}-${booked.slice(2)}`;
  const distance = (on: string): number => Math.abs(Date.parse(on) - Date.parse(valueOn));
  return [at(year), at(year - 1), at(year + 1)].reduce((best, on) =>
    distance(on) < distance(best) ? on : best,
  );
}

/** `1234,5`: a comma always, and as many digits behind it as there are. */
function amountOf(text: string, currency: string): bigint | undefined {
  const amount = minorOf(text.replace(/,$/, ''), currency, 'comma');
  return typeof amount === 'bigint' ? amount : undefined;
}

function dateOf(text: string): string | undefined {
  const on = `20${text.slice(0, 2)}-${text.slice(2, 4)}-${text.slice(4, 6)}`;
  return Number.isNaN(Date.parse(on)) ? undefined : on;
}

/** Pages of one statement are one. */
function merged(statements: readonly Statement[]): Statement[] {
  const byName = new Map<string, BankLine[]>();
  for (const { name, lines } of statements) byName.set(name, [...(byName.get(name) ?? []), ...lines]);
  return [...byName].map(([name, lines]) => ({ name, lines }));
}
