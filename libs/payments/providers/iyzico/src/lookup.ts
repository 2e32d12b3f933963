import type { EchoedMoney, LookupResult, PaymentProvider } from '@defter/payments-contracts';
import { listMember, textMember, writtenMember } from '@defter/platform';
import { call, readAnswer, toMoney } from './wire.js';

/** A checkout form is open for half an hour; a payer whose card was declined may try again until then. */
const formOpenMs = 30 * 60_000;

/**
 * Asks iyzico's reporting for the payments of our conversation, or for the refunds of a payment. It lists
 * what was tried, so a form that nobody used yet looks like one that was never opened: `unknown`, never
 * `not_found`.
 */
export const lookup: PaymentProvider['lookup'] = async (operationId, context, operation) => {
  const isRefund = operation?.kind === 'refund';
  if (isRefund && operation.parentProviderRef === undefined) return unknown('the payment is not known');
  const query = isRefund
    ? `paymentId=${encodeURIComponent(operation.parentProviderRef ?? '')}`
    : `paymentConversationId=${encodeURIComponent(operationId)}`;
  const said = readAnswer(await call('GET', `/v2/reporting/payment/details?${query}`, undefined, context));
  if (said.word === 'failure') return unknown(`iyzico answers ${said.code}`);
  if (said.word !== 'success') return unknown(said.reason);
  const payments = listMember(said.json, 'payments');
  if (isRefund) return refundOf(payments, operationId);
  const ours = payments.filter((row) => writtenMember(row, 'paymentConversationId') === operationId);
  return paymentOf(ours, writtenMember(said.json, 'systemTime'));
};

const paymentOf = (payments: readonly unknown[], systemTime: string | undefined): LookupResult => {
  const [paid, ...more] = payments.filter((row) => writtenMember(row, 'paymentStatus') === '1');
  // Two successes for one operation are for people to see; either alone would hide the other.
  if (more.length > 0) return unknown(`it was paid ${more.length + 1} times`);
  if (paid !== undefined) {
    const echoed = toMoney(writtenMember(paid, 'paidPrice'), textMember(paid, 'currency'));
    return succeeded(writtenMember(paid, 'paymentId'), echoed);
  }
  if (payments.length === 0) return unknown('nobody has tried to pay yet');
  const now = /^\d{13}$/.test(systemTime ?? '') ? Number.parseInt(systemTime ?? '', 10) : Number.NaN;
  const isOver = payments.every(
    (row) =>
      writtenMember(row, 'paymentStatus') === '0' &&
      now - Date.parse(textMember(row, 'createdDate') ?? '') > formOpenMs,
  );
  return isOver ? { result: 'declined', declineCode: 'declined' } : { result: 'pending' };
};

/** A refund may be spread over the items of a basket; its parts carry the same conversation. */
const refundOf = (payments: readonly unknown[], operationId: string): LookupResult => {
  const parts = payments
    .flatMap((payment) => listMember(payment, 'itemTransactions'))
    .flatMap((item) => listMember(item, 'refunds'))
    .filter((refund) => textMember(refund, 'refundConversationId') === operationId);
  const [first] = parts;
  if (first === undefined) return unknown('the payment has no such refund');
  if (parts.some((part) => writtenMember(part, 'refundStatus') !== '1')) return { result: 'pending' };
  const money = parts.map((part) =>
    toMoney(writtenMember(part, 'refundPrice'), textMember(part, 'currencyCode')),
  );
  return succeeded(writtenMember(first, 'refundTxId'), sumOf(money));
};

const sumOf = (parts: readonly (EchoedMoney | undefined)[]): EchoedMoney | undefined => {
  const known = parts.filter((part) => part !== undefined);
  const [first] = known;
  const isWhole =
    known.length === parts.length && known.every(({ currency }) => currency === first?.currency);
  if (first === undefined || !isWhole) return undefined;
  return { ...first, amountMinor: known.reduce((sum, { amountMinor }) => sum + amountMinor, 0n) };
};

const unknown = (reason: string): LookupResult => ({ result: 'unknown', reason });

const succeeded = (providerRef: string | undefined, echoed: EchoedMoney | undefined): LookupResult =>
  providerRef === undefined || echoed === undefined
    ? unknown("its id or money can't be read")
    : { result: 'succeeded', providerRef, echoed };
