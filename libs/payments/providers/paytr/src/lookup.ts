import type { LookupResult, PaymentProvider } from '@defter/payments-contracts';
import { listMember, textMember, writtenMember } from '@defter/platform';
import { jsonOf, post, toMerchantOid, toMoney } from './wire.js';

/**
 * Asks for the state of an order. PayTR only tells of payments that succeeded: "no successful payment" may be
 * one that is still being paid, so it is `unknown` and never `not_found`. A refund is found in its payment's
 * list, by the reference that we gave it.
 */
export const lookup: PaymentProvider['lookup'] = async (operationId, call, operation) => {
  const ours = toMerchantOid(operationId);
  const isRefund = operation?.kind === 'refund';
  const oid = isRefund ? operation.parentProviderRef : ours;
  if (ours === undefined || oid === undefined) return unknown(`${operationId} names no order of PayTR`);
  const fields = { merchant_id: call.apiKey, merchant_oid: oid };
  const answer = await post('/odeme/durum-sorgu', fields, `${fields.merchant_id}${oid}`, call);
  if (answer.outcome !== 'answered') return unknown(answer.reason);
  const json = jsonOf(answer);
  if (!isAboutPaid(json, oid))
    return unknown(`no successful payment (${writtenMember(json, 'err_no') ?? `status ${answer.status}`})`);
  return isRefund ? refundOf(json, ours) : paymentOf(json, oid);
};

/** Where the answer repeats the order number, it must be the one that was asked for. */
const isAboutPaid = (json: unknown, oid: string): boolean =>
  textMember(json, 'status') === 'success' && (textMember(json, 'merchant_oid') ?? oid) === oid;

const paymentOf = (json: unknown, oid: string): LookupResult =>
  succeeded(oid, toMoney(writtenMember(json, 'payment_amount'), textMember(json, 'currency')));

const refundOf = (json: unknown, reference: string): LookupResult => {
  const refund = listMember(json, 'returns').find((row) => textMember(row, 'reference_no') === reference);
  const money = toMoney(writtenMember(refund, 'return_amount'), textMember(json, 'currency'));
  return refund === undefined ? unknown('the payment has no such refund') : succeeded(reference, money);
};

const unknown = (reason: string): LookupResult => ({ result: 'unknown', reason });

const succeeded = (providerRef: string, echoed: ReturnType<typeof toMoney>): LookupResult =>
  echoed === undefined ? unknown("its money can't be read") : { result: 'succeeded', providerRef, echoed };
