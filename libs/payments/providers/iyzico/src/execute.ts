import type {
  CallContext,
  OperationResult,
  PaymentProvider,
  ProviderOperation,
} from '@defter/payments-contracts';
import { textMember, writtenMember } from '@defter/platform';
import { call, readAnswer, type Said, toDecimal } from './wire.js';

/** What iyzico wants to know of the payer, as metadata of the operation. */
const payerFields = [
  ...(['buyer_email', 'buyer_ip', 'buyer_name', 'buyer_surname'] as const),
  ...(['buyer_identity_number', 'buyer_address', 'buyer_city', 'buyer_country'] as const),
] as const;

/**
 * A sale opens a checkout form: pending, with its address; iyzico names the payment only once it is made. A
 * refund is asked for and confirmed by look-up. The conversation id is our operation's.
 */
export const execute: PaymentProvider['execute'] = (operation, context) =>
  operation.kind === 'sale' ? openForm(operation, context) : giveBack(operation, context);

const openForm = async (operation: ProviderOperation, context: CallContext): Promise<OperationResult> => {
  const { metadata, returnUrl, operationId } = operation;
  const missing = payerFields.find((field) => (metadata[field] ?? '') === '');
  if (missing !== undefined) return { result: 'failed', declineCode: `${missing}_missing` };
  if (returnUrl === undefined) return { result: 'failed', declineCode: 'return_url_missing' };
  const path = '/payment/iyzipos/checkoutform/initialize/auth/ecom';
  const said = readAnswer(await call('POST', path, formOf(operation, returnUrl), context));
  return readSaid(said, (json) => {
    const url = textMember(json, 'paymentPageUrl');
    if (textMember(json, 'conversationId') !== operationId || url === undefined || !/^https?:\/\//.test(url))
      return undefined;
    return { result: 'pending', nextAction: { type: 'redirect', url } };
  });
};

const formOf = (operation: ProviderOperation, callbackUrl: string) => {
  const { operationId, amountMinor, currency, customerId, reference, metadata } = operation;
  const of = (field: (typeof payerFields)[number]): string => metadata[field] ?? '';
  const [address, city, country] = [of('buyer_address'), of('buyer_city'), of('buyer_country')];
  const price = toDecimal(amountMinor);
  return {
    ...{ locale: 'tr', conversationId: operationId, price, paidPrice: price, currency, basketId: reference },
    // One instalment only: with more the payer would pay a surcharge, another amount than was asked for.
    ...{ paymentGroup: 'PRODUCT', callbackUrl, enabledInstallments: [1] },
    buyer: {
      ...{ id: customerId, name: of('buyer_name'), surname: of('buyer_surname'), email: of('buyer_email') },
      ...{ identityNumber: of('buyer_identity_number'), ip: of('buyer_ip'), city, country },
      registrationAddress: address,
    },
    billingAddress: { contactName: `${of('buyer_name')} ${of('buyer_surname')}`, address, city, country },
    basketItems: [{ id: reference, name: reference, category1: 'Payment', itemType: 'VIRTUAL', price }],
  };
};

const giveBack = async (
  { operationId, parentProviderRef, amountMinor, currency }: ProviderOperation,
  context: CallContext,
): Promise<OperationResult> => {
  if (parentProviderRef === undefined) return { result: 'failed', declineCode: 'payment_unknown' };
  const body = {
    ...{ locale: 'tr', conversationId: operationId, paymentId: parentProviderRef },
    ...{ price: toDecimal(amountMinor), currency },
  };
  const said = readAnswer(await call('POST', '/v2/payment/refund', body, context));
  return readSaid(said, (json) =>
    writtenMember(json, 'paymentId') === parentProviderRef ? { result: 'pending' } : undefined,
  );
};

const readSaid = (
  said: Said,
  readSuccess: (json: unknown) => OperationResult | undefined,
): OperationResult => {
  switch (said.word) {
    case 'success':
      return readSuccess(said.json) ?? { result: 'unknown', reason: 'the answer is about something else' };
    case 'failure':
      return { result: 'failed', declineCode: said.code };
    case 'never_sent':
      return { result: 'errored', reason: said.reason };
    case 'unclear':
      return { result: 'unknown', reason: said.reason };
  }
};
