import { SaxesParser } from 'saxes';
import type { BankLine } from '../settlement-line.js';
import { amountText } from '@defter/reconciliation-domain';
import { minorOf } from './decimal.js';
import { excerpt, type FileFault, FileRefused, refused } from './file-fault.js';
import { balancesText, type Statement } from './format.js';

/**
 * camt.053 (ISO 20022, Bank-to-Customer Statement), versions 02 to 13: opening and closing booked balance of
 * each statement, its entries, and what the summary says of them. Only booked entries count; a summary may
 * count all that are listed.
 * The document may declare nothing of its own: a document type, and with it every entity but the five of
 * XML, is refused.
 * https://www.iso20022.org/catalogue-messages
 */
const NAMESPACE = /^urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.\d{2}$/;
const DEPTH_LIMIT = 60;
const REMITTANCE = ['NtryDtls/TxDtls/RmtInf/Ustrd', 'NtryDtls/TxDtls/RmtInf/Strd/CdtrRefInf/Ref'] as const;
const ENTRIES_LIMIT = 1_000_000;

/** An element while it is read: the texts of those in it by their path. */
interface Open {
  readonly name: string;
  readonly line: number;
  text: string;
}

/** What belongs to one `Stmt` or one `Ntry`: texts by path, and the currencies of amounts. */
class Part {
  readonly texts = new Map<string, string[]>();
  constructor(readonly line: number) {}

  add(path: string, text: string): void {
    const known = this.texts.get(path);
    if (known === undefined) this.texts.set(path, [text]);
    else known.push(text);
  }
  first(...paths: readonly string[]): string {
    return paths.map((path) => this.texts.get(path)?.[0]).find((text) => text !== undefined) ?? '';
  }
  all(...paths: readonly string[]): string[] {
    return paths.flatMap((path) => this.texts.get(path) ?? []);
  }
}

interface Balance {
  readonly code: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly on: string;
}

/** Collects what the parser says, one statement after the other. */
class Reader {
  readonly statements: Statement[] = [];
  readonly faults: FileFault[] = [];
  private readonly path: Open[] = [];
  private statement: Part | undefined;
  private inner: Part | undefined;
  private balances: Balance[] = [];
  private lines: BankLine[] = [];
  /** Of all entries, booked or not: what a summary may mean. */
  private listed = { count: 0, sum: 0n };
  private counted = 0;

  open(name: string, attributes: Readonly<Record<string, string>>, line: number): void {
    if (this.path.length >= DEPTH_LIMIT) throw refused(line, 'elements stand too deep in each other');
    this.path.push({ name, line, text: '' });
    if (name === 'Stmt') this.beginStatement(line);
    if (this.statement !== undefined && (name === 'Ntry' || name === 'Bal') && this.inner === undefined)
      this.inner = new Part(line);
    const currency = attributes['Ccy'];
    if (currency !== undefined) this.here()?.add(`${this.place()}@Ccy`, currency);
  }

  private beginStatement(line: number): void {
    [this.statement, this.balances, this.lines] = [new Part(line), [], []];
    this.listed = { count: 0, sum: 0n };
  }

  text(text: string): void {
    const open = this.path.at(-1);
    if (open !== undefined) open.text += text;
  }

  close(): void {
    const [place, open] = [this.place(), this.path.pop()];
    if (open === undefined) return;
    const text = open.text.trim();
    if (text !== '') this.here()?.add(place, text);
    if (open.name === 'Bal') this.endBalance();
    else if (open.name === 'Ntry') this.endEntry();
    else if (open.name === 'Stmt') this.endStatement();
  }

  private here(): Part | undefined {
    return this.inner ?? this.statement;
  }

  /** The path from the entry, the balance or the statement on. */
  private place(): string {
    const names = this.path.map(({ name }) => name);
    const from = Math.max(names.lastIndexOf('Ntry'), names.lastIndexOf('Bal'), names.lastIndexOf('Stmt'));
    return names.slice(from + 1).join('/');
  }

  private endBalance(): void {
    const part = this.inner;
    this.inner = undefined;
    if (part === undefined) return;
    const currency = part.first('Amt@Ccy');
    const amount = this.amount(part, currency);
    const [code, on] = [part.first('Tp/CdOrPrtry/Cd'), part.first('Dt/Dt', 'Dt/DtTm').slice(0, 10)];
    if (amount !== undefined) this.balances.push({ code, amount, currency, on });
  }

  private endEntry(): void {
    const part = this.inner;
    this.inner = undefined;
    if (part === undefined) return;
    this.list(part);
    // Pending, future and informational entries are in no balance.
    if ((part.first('Sts/Cd', 'Sts') || 'BOOK') !== 'BOOK') return;
    if (++this.counted > ENTRIES_LIMIT) throw refused(part.line, `more than ${ENTRIES_LIMIT} entries`);
    const currency = part.first('Amt@Ccy');
    const amountMinor = this.amount(part, currency);
    const bookedOn = part.first('BookgDt/Dt', 'BookgDt/DtTm').slice(0, 10);
    if (!/^\d{4}-\d{2}-\d{2}$/.test(bookedOn)) this.fault(part.line, 'an entry without booking date');
    if (amountMinor === undefined) return;
    const valueOn = part.first('ValDt/Dt', 'ValDt/DtTm').slice(0, 10);
    this.lines.push({
      ...{ lineNumber: part.line, raw: rawOf(part), account: '', amountMinor, currency, bookedOn },
      ...(valueOn !== '' && { valueOn }),
      reference: part.first('NtryDtls/TxDtls/Refs/EndToEndId', 'NtryDtls/Btch/PmtInfId', 'NtryRef'),
      remittance: part
        .all('NtryRef', 'AcctSvcrRef', ...REMITTANCE, 'AddtlNtryInf')
        .join(' ')
        .slice(0, 2_000),
    });
  }

  private endStatement(): void {
    const part = this.statement;
    this.statement = undefined;
    if (part === undefined) return;
    const account = part.first('Acct/Id/IBAN', 'Acct/Id/Othr/Id');
    const opening = this.balances.find(({ code }) => code === 'OPBD' || code === 'PRCD');
    const closing = this.balances.find(({ code }) => code === 'CLBD');
    if (account === '') this.fault(part.line, 'a statement without account');
    if (opening === undefined || closing === undefined)
      return this.fault(part.line, 'a statement without opening and closing booked balance');
    this.checkSums(part, opening, closing);
    // Some banks call every statement the same: the day it begins tells them apart.
    const name = [account, part.first('Id'), opening.on].filter((each) => each !== '').join('/');
    this.statements.push({ name, lines: this.lines.map((line) => ({ ...line, account })) });
  }

  private checkSums(part: Part, opening: Balance, closing: Balance): void {
    const moved = this.lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
    const foreign = this.lines.find(({ currency }) => currency !== opening.currency);
    if (foreign !== undefined)
      this.fault(foreign.lineNumber, 'an entry in another currency than its account');
    if (opening.amount + moved !== closing.amount) {
      this.fault(part.line, balancesText({ opening, moved, closing }));
    }
    this.checkSummary(part, opening.currency);
  }

  private list(part: Part): void {
    const amount = minorOf(part.first('Amt'), part.first('Amt@Ccy'), 'point');
    const sum = this.listed.sum + (typeof amount === 'bigint' ? amount : 0n);
    this.listed = { count: this.listed.count + 1, sum };
  }

  private checkSummary(part: Part, currency: string): void {
    const [booked, listed] = [this.lines.length, this.listed.count];
    const count = part.first('TxsSummry/TtlNtries/NbOfNtries');
    if (count !== '' && ![booked, listed].map(String).includes(count))
      this.fault(part.line, `the summary counts ${excerpt(count)} entries, there are ${booked}`);
    const stated = part.first('TxsSummry/TtlNtries/Sum');
    const total = this.lines.reduce((sum, { amountMinor: m }) => sum + (m < 0n ? -m : m), 0n);
    const said = minorOf(stated, currency, 'point');
    if (stated !== '' && said !== total && said !== this.listed.sum)
      this.fault(part.line, summaryText(stated, amountText(total, currency)));
  }

  /** Below zero for a debit; undefined, with its fault, when it is none. */
  private amount(part: Part, currency: string): bigint | undefined {
    const direction = part.first('CdtDbtInd');
    const amount = /^[A-Z]{3}$/.test(currency)
      ? minorOf(part.first('Amt'), currency, 'point')
      : 'no currency';
    if (typeof amount === 'string' || amount < 0n) {
      this.fault(part.line, typeof amount === 'string' ? excerpt(amount) : 'an amount is below zero');
      return undefined;
    }
    if (direction !== 'CRDT' && direction !== 'DBIT') {
      this.fault(part.line, 'an amount is neither CRDT nor DBIT');
      return undefined;
    }
    return direction === 'DBIT' ? -amount : amount;
  }

  private fault(line: number, reason: string): void {
    this.faults.push({ line, reason });
    if (this.faults.length >= 20) throw new FileRefused(this.faults);
  }
}

const summaryText = (stated: string, total: string): string =>
  `the summary says ${excerpt(stated)} in all, the entries add up to ${total}`;

const rawOf = (part: Part): string =>
  JSON.stringify(Object.fromEntries([...part.texts].map(([path, texts]) => [path, texts.join(' ')])));

/** Reads all statements of a document. @throws FileRefused */
export async function readCamt053(texts: AsyncIterable<string>): Promise<readonly Statement[]> {
  const reader = new Reader();
  const parser = new SaxesParser({ xmlns: true, position: true });
  parser.on('error', (error) => {
    throw refused(parser.line, `no well-formed XML: ${excerpt(error.message)}`);
  });
  parser.on('doctype', () => {
    throw refused(parser.line, 'a document type is not allowed');
  });
  parser.on('opentag', (tag) => {
    if (!NAMESPACE.test(tag.uri)) throw refused(parser.line, `this is no camt.053: ${excerpt(tag.uri)}`);
    const attributes = Object.fromEntries(
      Object.values(tag.attributes).map(({ local, value }) => [local, value]),
    );
    reader.open(tag.local, attributes, parser.line);
  });
  parser.on('text', (text) => reader.text(text));
  parser.on('cdata', (text) => reader.text(text));
  parser.on('closetag', () => reader.close());
  for await (const text of texts) parser.write(text);
  parser.close();
  if (reader.faults.length > 0) throw new FileRefused(reader.faults);
  if (reader.statements.length === 0) throw refused(0, 'there is no statement in it');
  return reader.statements;
}
