import type { BankLine } from '../settlement-line.js';
import { minorOf } from './decimal.js';
import { excerpt, type FileFault, FileRefused, refused } from './file-fault.js';
import type { Statement } from './format.js';

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
/** Value date, booking date, debit or credit (R: a reversal), amount, type, reference for us, // the bank's. */
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
    const [, tag, rest = ''] = /^:(\d{2}[A-Z]?):(.*)$/.exec(line) ?? [];
    if (tag !== undefined) {
      if (field !== undefined) yield field;
      field = { tag, line: number, lines: [rest] };
    } else if (/^-(\}.*)?$/.test(line)) {
      if (field !== undefined) yield field;
      field = undefined;
    } else if (line.trim() !== '') {
      if (field === undefined) throw refused(number, `text before the first field: "${excerpt(line)}"`);
      field.lines.push(line);
    }
  }
  if (field !== undefined) yield field;
}

/** Makes a statement of its fields, which have all been read; returns the empty list for the next one. */
function closed(fields: readonly Field[], statements: Statement[], faults: FileFault[]): Field[] {
  const find = (...tags: readonly string[]) => fields.find(({ tag }) => tags.includes(tag));
  const [account, number] = [find('25')?.lines[0]?.trim() ?? '', find('28C', '28')?.lines[0]?.trim() ?? ''];
  const [opening, closing] = [balanceOf(find('60F', '60M'), faults), balanceOf(find('62F', '62M'), faults)];
  const line = fields[0]?.line ?? 0;
  if (account === '') faults.push({ line, reason: 'a statement without account (:25:)' });
  if (opening === undefined || closing === undefined) {
    faults.push({ line, reason: 'a statement without opening and closing balance (:60:, :62:)' });
    return [];
  }
  const entries = entriesOf(fields, { account, ...opening }, faults);
  const moved = entries.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  if (opening.currency !== closing.currency || opening.amount + moved !== closing.amount) {
    const sum = `${opening.amount} + ${moved} is not the closing balance ${closing.amount}`;
    faults.push({ line: find('62F', '62M')?.line ?? line, reason: `the balances don't fit: ${sum}` });
  }
  statements.push({ name: `${account}/${opening.on.slice(0, 4)}/${number.split('/')[0]}`, lines: entries });
  return [];
}

interface Balance {
  readonly amount: bigint;
  readonly currency: string;
  readonly on: string;
}

function balanceOf(field: Field | undefined, faults: FileFault[]): Balance | undefined {
  if (field === undefined) return undefined;
  const [, mark, date = '', currency = '', text = ''] = BALANCE.exec(field.lines[0]?.trim() ?? '') ?? [];
  const [amount, on] = [amountOf(text, currency), dateOf(date)];
  if (mark === undefined || amount === undefined || on === undefined) {
    faults.push({ line: field.line, reason: `":${field.tag}:" is no balance` });
    return undefined;
  }
  return { amount: mark === 'D' ? -amount : amount, currency, on };
}

function entriesOf(
  fields: readonly Field[],
  { account, currency }: { account: string; currency: string },
  faults: FileFault[],
): BankLine[] {
  return fields.flatMap((field, index): BankLine[] => {
    if (field.tag !== '61') return [];
    const found = ENTRY.exec(field.lines[0] ?? '');
    const [, value = '', booked, mark = '', , text = '', , reference = '', bank = ''] = found ?? [];
    const [amount, valueOn] = [amountOf(text, currency), dateOf(value)];
    if (amount === undefined || valueOn === undefined) {
      faults.push({ line: field.line, reason: `":61:" is no entry: "${excerpt(field.lines[0] ?? '')}"` });
      return [];
    }
    const next = fields[index + 1];
    const remittance = [bank, ...field.lines.slice(1), ...(next?.tag === '86' ? next.lines : [])].join(' ');
    const isDebit = mark === 'D' || mark === 'RC';
    return [
      {
        ...{ lineNumber: field.line, raw: field.lines.join('\n'), account, currency, valueOn },
        ...{ amountMinor: isDebit ? -amount : amount, bookedOn: bookedOn(valueOn, booked) },
        ...{ reference: reference.trim(), remittance: remittance.trim() },
      },
    ];
  });
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
