import { dateAfter, startOf } from '../business-date.js';
import type { BankBooking } from './bank-booking.js';

/** One account's day. */
export interface AccountDay {
  readonly iban: string;
  readonly currency: string;
  readonly owner: string;
  readonly date: string;
  /** Counts the account's statements from 1. */
  readonly number: number;
  readonly openingMinor: bigint;
  readonly bookings: readonly BankBooking[];
}

type Content = readonly (string | undefined)[];

/**
 * The bank's statements of a date as camt.053.001.08 (ISO 20022, Bank-to-Customer Statement): one `Stmt`
 * per account, opening (`OPBD`) and closing booked (`CLBD`) balance, one batch booking per settlement.
 * Elements stand in the order of the schema. Pure: the same day gives the same bytes.
 */
export function camt053(connectionId: string, date: string, days: readonly AccountDay[]): string {
  const created = startOf(dateAfter(date));
  const messageId = `MB${date.replaceAll('-', '')}${connectionId}`.slice(0, 35);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">',
    element('BkToCstmrStmt', [
      element('GrpHdr', [leaf('MsgId', messageId), leaf('CreDtTm', created)]),
      ...days.map((day) => statement(day, created)),
    ]),
    '</Document>',
    '',
  ].join('\n');
}

/** What the account holds at the end of the day. */
export function closingMinor({ openingMinor, bookings }: AccountDay): bigint {
  return bookings.reduce((sum, { amountMinor }) => sum + amountMinor, openingMinor);
}

function statement(day: AccountDay, created: string): string {
  const { iban, currency, owner, date, number, openingMinor, bookings } = day;
  const net = closingMinor(day) - openingMinor;
  const sum = bookings.reduce((total, { amountMinor }) => total + sizeOf(amountMinor), 0n);
  return element('Stmt', [
    leaf('Id', `${date.replaceAll('-', '')}-${currency}-${number}`),
    leaf('ElctrncSeqNb', String(number)),
    leaf('CreDtTm', created),
    element('FrToDt', [leaf('FrDtTm', startOf(date)), leaf('ToDtTm', created)]),
    element('Acct', [
      element('Id', [leaf('IBAN', iban)]),
      leaf('Ccy', currency),
      element('Ownr', [leaf('Nm', owner)]),
      element('Svcr', [element('FinInstnId', [leaf('Nm', 'Mock Bank')])]),
    ]),
    balance('OPBD', openingMinor, day),
    balance('CLBD', closingMinor(day), day),
    element('TxsSummry', [
      element('TtlNtries', [
        leaf('NbOfNtries', String(bookings.length)),
        leaf('Sum', decimal(sum)),
        element('TtlNetNtry', [leaf('Amt', decimal(sizeOf(net))), direction(net)]),
      ]),
    ]),
    ...bookings.map(entry),
  ]);
}

function balance(code: 'OPBD' | 'CLBD', minor: bigint, { currency, date }: AccountDay): string {
  return element('Bal', [
    element('Tp', [element('CdOrPrtry', [leaf('Cd', code)])]),
    amount('Amt', minor, currency),
    direction(minor),
    element('Dt', [leaf('Dt', date)]),
  ]);
}

function entry(booking: BankBooking): string {
  const { reference, settlesOn, bookedOn, currency, amountMinor, movements } = booking;
  const family = amountMinor < 0n ? 'ICDT' : 'RCDT';
  return element('Ntry', [
    leaf('NtryRef', reference),
    amount('Amt', amountMinor, currency),
    direction(amountMinor),
    element('Sts', [leaf('Cd', 'BOOK')]),
    element('BookgDt', [leaf('Dt', bookedOn)]),
    element('ValDt', [leaf('Dt', bookedOn)]),
    leaf('AcctSvcrRef', reference),
    element('BkTxCd', [
      element('Domn', [leaf('Cd', 'PMNT'), element('Fmly', [leaf('Cd', family), leaf('SubFmlyCd', 'ESCT')])]),
    ]),
    element('NtryDtls', [
      element('Btch', [
        leaf('PmtInfId', reference),
        movements === 0 ? undefined : leaf('NbOfTxs', String(movements)),
        amount('TtlAmt', amountMinor, currency),
        direction(amountMinor),
      ]),
      element('TxDtls', [
        element('Refs', [leaf('EndToEndId', reference)]),
        amount('Amt', amountMinor, currency),
        direction(amountMinor),
        element('RmtInf', [leaf('Ustrd', `MOCKPSP SETTLEMENT ${settlesOn} ${currency}`)]),
      ]),
    ]),
  ]);
}

/** A balance of nothing counts as credit. */
function direction(minor: bigint): string {
  return leaf('CdtDbtInd', minor < 0n ? 'DBIT' : 'CRDT');
}

function amount(name: string, minor: bigint, currency: string): string {
  return `<${name} Ccy="${currency}">${decimal(sizeOf(minor))}</${name}>`;
}

function sizeOf(minor: bigint): bigint {
  return minor < 0n ? -minor : minor;
}

/** All currencies here have two digits after the point. */
function decimal(minor: bigint): string {
  const digits = minor.toString().padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

function element(name: string, content: Content): string {
  const inner = content.filter((part) => part !== undefined).join('\n');
  return `<${name}>\n${inner.replace(/^/gm, ' ')}\n</${name}>`;
}

function leaf(name: string, text: string): string {
  return `<${name}>${text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)}</${name}>`;
}
