import type {
  CallContext,
  OperationResult,
  PaymentProvider,
  ProviderOperation,
} from '@defter/payments-contracts';
import { textMember, writtenMember } from '@defter/platform';
import { jsonOf, post, theirCurrency, toDecimal, toMerchantOid } from './wire.js';

/** What PayTR wants to know of the payer, as metadata of the operation. */
const payerFields = ['buyer_email', 'buyer_ip', 'buyer_name', 'buyer_address', 'buyer_phone'] as const;

/**
 * A sale opens a payment page (pending, with the address); a refund is asked for and confirmed by look-up,
 * because PayTR's answer names no currency. The order number is our operation's id: a second page for it
 * can't be paid twice.
 */
export const execute: PaymentProvider['execute'] = async (operation, call) => {
  const oid = toMerchantOid(operation.operationId);
  if (oid === undefined)
    return { result: 'errored', reason: `${operation.operationId} can't be an order number of PayTR` };
  return operation.kind === 'sale' ? openPage(oid, operation, call) : giveBack(oid, operation, call);
};

const openPage = async (
  oid: string,
  operation: ProviderOperation,
  call: CallContext,
): Promise<OperationResult> => {
  const { metadata, returnUrl, amountMinor, reference } = operation;
  const missing = payerFields.find((field) => (metadata[field] ?? '') === '');
  if (missing !== undefined) return { result: 'failed', declineCode: `${missing}_missing` };
  if (returnUrl === undefined) return { result: 'failed', declineCode: 'return_url_missing' };
  const payer = {
    user_ip: metadata['buyer_ip'] ?? '',
    email: metadata['buyer_email'] ?? '',
    user_name: metadata['buyer_name'] ?? '',
    user_address: metadata['buyer_address'] ?? '',
    user_phone: metadata['buyer_phone'] ?? '',
  };
  const basket = JSON.stringify([[reference, toDecimal(amountMinor), 1]]);
  const fields = {
    ...{ merchant_id: call.apiKey, merchant_oid: oid, payment_amount: amountMinor.toString() },
    ...{
      user_basket: Buffer.from(basket).toString('base64'),
      currency: theirCurrency(operation.currency) ?? '',
    },
    // Instalments would add a surcharge, and the payer would pay another amount than was asked for.
    ...{ no_installment: '1', max_installment: '0', test_mode: '0' },
    ...{ merchant_ok_url: returnUrl, merchant_fail_url: returnUrl },
  };
  const signed =
    `${fields.merchant_id}${payer.user_ip}${oid}${payer.email}${fields.payment_amount}${fields.user_basket}` +
    `${fields.no_installment}${fields.max_installment}${fields.currency}${fields.test_mode}`;
  const answer = await post('/odeme/api/get-token', { ...fields, ...payer }, signed, call);
  return readAnswer(answer, (json) => {
    const token = textMember(json, 'token');
    if (token === undefined || !/^[0-9A-Za-z]+$/.test(token)) return undefined;
    const nextAction = { type: 'redirect', url: `${call.baseUrl}/odeme/guvenli/${token}` } as const;
    return { result: 'pending', providerRef: oid, nextAction };
  });
};

const giveBack = async (
  oid: string,
  { parentProviderRef, amountMinor }: ProviderOperation,
  call: CallContext,
): Promise<OperationResult> => {
  if (parentProviderRef === undefined) return { result: 'failed', declineCode: 'payment_unknown' };
  const fields = {
    ...{ merchant_id: call.apiKey, merchant_oid: parentProviderRef },
    ...{ return_amount: toDecimal(amountMinor), reference_no: oid },
  };
  const signed = `${fields.merchant_id}${fields.merchant_oid}${fields.return_amount}`;
  const answer = await post('/odeme/iade', fields, signed, call);
  return readAnswer(answer, (json) =>
    textMember(json, 'merchant_oid') === parentProviderRef
      ? { result: 'pending', providerRef: oid }
      : undefined,
  );
};

const readAnswer = (
  answer: Awaited<ReturnType<typeof post>>,
  readSuccess: (json: unknown) => OperationResult | undefined,
): OperationResult => {
  if (answer.outcome === 'not_sent') return { result: 'errored', reason: answer.reason };
  if (answer.outcome === 'no_answer') return { result: 'unknown', reason: answer.reason };
  const json = jsonOf(answer);
  const status = textMember(json, 'status');
  const read = status === 'success' ? readSuccess(json) : undefined;
  if (read !== undefined) return read;
  if (status === 'failed' || status === 'error') {
    return { result: 'failed', declineCode: writtenMember(json, 'err_no') ?? 'refused_by_provider' };
  }
  return { result: 'unknown', reason: `status ${answer.status} with a body that can't be read` };
};
