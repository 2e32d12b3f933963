/** Differences that no single line shows: at the bank, in the state of our operations, between reports. */
import type { Classified } from './classified.js';
import { amountOf, finding, operationKey, texts, whole } from './classified-sides.js';
import { amountText } from './currency.js';
import { capital, kindText } from './words.js';
import type { BatchSide, BookingSide, Residue, StateResidue } from './residue.js';

type BankResidue = Extract<Residue, { kind: 'booking-alone' | 'batch-differs' | 'batch-unpaid' }>;

/** The finding of a booking, a batch, an operation's state, or a report that lacks. */
export function classifyState(residue: BankResidue | StateResidue, asOn?: string): Classified {
  switch (residue.kind) {
    case 'booking-alone':
      return bookingAlone(residue.booking);
    case 'batch-differs':
      return batchDiffers(residue.batch);
    case 'batch-unpaid':
      return batchUnpaid(residue.batch, asOn);
    case 'charged-twice':
      return chargedTwice(residue);
    case 'payout-returned':
      return returned(residue, asOn);
    case 'report-missing':
      return reportMissing(residue.businessOn, asOn);
    case 'reserve-held':
      return reserveHeld(residue);
  }
}

/** What banks write where a payer gave no reference. */
const unnamed: ReadonlySet<string> = new Set(['', 'NONREF', 'NOTPROVIDED']);

function bookingAlone(booking: BookingSide): Classified {
  const message =
    `The bank booked ${amountOf(booking)} on ${booking.bookedOn} ` +
    `(reference ${unnamed.has(booking.reference) ? 'none' : booking.reference}); ` +
    `no settlement batch has this name or sum.`;
  const told = { stake: whole(booking), keys: [bookingKey(booking)], businessOn: booking.bookedOn };
  return finding('bank_deposit_unmatched', {}, { ...told, message, raw: { booking: texts(booking) } });
}

function batchDiffers(batch: BatchSide): Classified {
  const { batchRef, currency, lines, net, paid, lastOn } = batch;
  const said = (amount: bigint): string => amountText(amount, currency);
  const message =
    `The ${lines} settlement lines of batch ${batchRef} add up to ${said(net)}, ` +
    `the bank booked ${said(paid)}.`;
  const stake = { difference: paid - net, whole: net, currency };
  const told = { message, stake, keys: [batchKey(batch)], businessOn: lastOn };
  const seen = finding('batch_sum_mismatch', {}, { ...told, raw: { batch: texts(batch) } });
  const actionSentence =
    'Compare the bank’s booking with the provider’s settlement advice of this batch; the difference is ' +
    'a line that one of them lacks.';
  return { ...seen, actionSentence };
}

function batchUnpaid(batch: BatchSide, asOn: string | undefined): Classified {
  const { batchRef, currency, lines, net, lastOn } = batch;
  const message =
    `Batch ${batchRef} of ${lines} settlement lines, ${amountText(net, currency)}, has not arrived at the ` +
    `bank since ${lastOn}.`;
  const told = { stake: whole({ amount: net, currency }), keys: [batchKey(batch)], businessOn: lastOn, asOn };
  return finding('late_settlement', {}, { ...told, message, raw: { batch: texts(batch) } });
}

/** What a settlement is called among the keys of findings. */
export const batchKey = ({ batchRef, currency }: Pick<BatchSide, 'batchRef' | 'currency'>): string =>
  `batch:${batchRef}/${currency}`;
/** What a booking at the bank is called among the keys of findings. */
export const bookingKey = ({ key }: Pick<BookingSide, 'key'>): string => `booking:${key}`;

function chargedTwice({ operation, first }: Extract<StateResidue, { kind: 'charged-twice' }>): Classified {
  const message =
    `Operation ${operation.operationId} charged ${amountOf(operation)} for a payment that ${first} ` +
    `had charged already.`;
  const keys = [operationKey(operation), `operation:${first}`];
  return finding(
    'duplicate_charge',
    { operation },
    { message, stake: whole(operation), keys, raw: { first } },
  );
}

type Returned = Extract<StateResidue, { kind: 'payout-returned' }>;

function returned({ operation }: Returned, asOn: string | undefined): Classified {
  const { kind, operationId, businessOn } = operation;
  const what = `${capital(kindText(kind))} ${operationId} of ${amountOf(operation)}, ${businessOn}`;
  const message = `${what}, was paid and came back.`;
  const keys = [`${operationKey(operation)}/state`];
  return finding('payout_returned', { operation }, { message, stake: whole(operation), keys, asOn });
}

/** No amount is in question: what is missing is a file. */
const noStake = { difference: 0n, whole: 1n, currency: '' };

function reportMissing(businessOn: string, asOn: string | undefined): Classified {
  const message = `The provider's report of ${businessOn} hasn't come, though money moved on that date.`;
  const told = { message, stake: noStake, keys: [`report-of:${businessOn}`], businessOn, asOn };
  return finding('report_missing', {}, { ...told, raw: { businessOn } });
}

/** What the provider holds back is money of ours that it must give back some day. */
function reserveHeld(residue: Extract<StateResidue, { kind: 'reserve-held' }>): Classified {
  const { currency, since } = residue;
  const message = `The provider holds a reserve of ${amountOf(residue)} since ${since}.`;
  const told = { message, stake: whole(residue), keys: [`reserve:${currency}`] };
  return finding('unsettled_reserve', {}, { ...told, raw: { reserve: texts(residue) } });
}
