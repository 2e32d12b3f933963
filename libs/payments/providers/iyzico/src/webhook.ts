import { createHmac } from 'node:crypto';
import {
  connectionInPath,
  invalid,
  isDigest,
  type PaymentProvider,
  type ProviderEvent,
  type SigningKey,
  UnreadableWebhook,
} from '@defter/payments-contracts';
import { memberOf, readJson, writtenMember } from '@defter/platform';

/** The three forms of X-IYZ-SIGNATURE-V3: the signed fields in their order. */
const forms = {
  direct: ['iyziEventType', 'paymentId', 'paymentConversationId', 'status'],
  hosted: ['iyziEventType', 'iyziPaymentId', 'token', 'paymentConversationId', 'status'],
  subscription: [
    ...['iyziEventType', 'subscriptionReferenceCode', 'orderReferenceCode', 'customerReferenceCode'],
  ],
} as const;

/** A notification's form and its signed fields. */
interface Signed {
  readonly form: keyof typeof forms;
  readonly fields: Readonly<Record<string, string>>;
}

/** Types that tell the outcome of a payment; a type that only tells of a step on the way says nothing. */
const paymentTypes = new Set([
  ...['PAYMENT_API', 'API_AUTH', 'THREE_DS_AUTH', 'CHECKOUT_FORM_AUTH', 'BKM_AUTH', 'BALANCE'],
  ...['CONTACTLESS_AUTH', 'BANK_TRANSFER_AUTH', 'CREDIT_PAYMENT_AUTH'],
]);
const results = { SUCCESS: 'succeeded', FAILURE: 'declined' } as const;

export const webhook: PaymentProvider['webhook'] = {
  signatureHeader: 'x-iyz-signature-v3',

  identify: ({ path }) => connectionInPath('iyzico', path),

  verify: ({ headers, body }, keys) => {
    const given = headers['x-iyz-signature-v3'];
    if (given === undefined || given === '') return invalid('signature_missing');
    const signed = readSigned(readJson(body));
    if (signed === undefined) return invalid('body_malformed');
    const key = keys.filter((candidate) => {
      const digest = digestOf(signed, candidate);
      return digest !== undefined && isDigest(given, digest, 'hex');
    })[0];
    return key === undefined ? invalid('signature_mismatch') : { valid: true, keyId: key.id };
  },

  normalize: ({ body }) => [readEvent(readJson(body))],
};

/**
 * The form follows from which fields there are, here and when the event is read, so that nothing is verified
 * as one form and believed as another.
 */
function readSigned(json: unknown): Signed | undefined {
  const has = (field: string): boolean => memberOf(json, field) !== undefined;
  const form = has('subscriptionReferenceCode') ? 'subscription' : has('token') ? 'hosted' : 'direct';
  const fields: Record<string, string> = {};
  for (const field of forms[form]) {
    const text = writtenMember(json, field);
    if (text === undefined || !/^[\x21-\x7e]{1,200}$/.test(text)) return undefined;
    fields[field] = text;
  }
  return { form, fields };
}

function digestOf({ form, fields }: Signed, { secret, parameters }: SigningKey): Buffer | undefined {
  const merchantId = form === 'subscription' ? parameters?.['merchantId'] : '';
  if (secret === '' || merchantId === undefined) return undefined;
  const text = `${merchantId}${secret}${Object.values(fields).join('')}`;
  return createHmac('sha256', secret).update(text).digest();
}

/**
 * The signature proves the ids and the status run together, not where one ends: `22416035` + `conv-1` is
 * signed like `2241603` + `5conv-1`. So the facts are marked as a pair that must equal a stored operation,
 * and the unique key keeps the fields apart: a shifted copy that comes first can't make the genuine one a
 * duplicate.
 */
function readEvent(json: unknown): ProviderEvent {
  const signed = readSigned(json);
  if (signed === undefined) throw new UnreadableWebhook("the body has none of iyzico's three forms");
  const { form, fields } = signed;
  const untrusted = Object.fromEntries(
    Object.entries(json as Record<string, unknown>).filter(([field]) => !Object.hasOwn(fields, field)),
  );
  const facts = form === 'subscription' ? undefined : factsOf(fields);
  return {
    providerEventId: Object.values(fields).join(':').slice(0, 1_000),
    providerType: fields['iyziEventType'] ?? '',
    uniqueKey: JSON.stringify([form, ...Object.values(fields)]),
    ...(facts !== undefined && { facts }),
    untrusted,
  };
}

function factsOf(fields: Signed['fields']): ProviderEvent['facts'] {
  const of = (field: string): string => fields[field] ?? '';
  const providerRef = of('paymentId') + of('iyziPaymentId');
  const result = Object.entries(results).find(([word]) => word === of('status'))?.[1];
  const isPayment = paymentTypes.has(of('iyziEventType')) && /^\d+$/.test(providerRef);
  if (!isPayment || result === undefined) return undefined;
  return {
    ...{ operationId: of('paymentConversationId'), providerRef, kind: 'sale', result, signedAsPair: true },
    ...(result === 'declined' && { declineCode: 'declined' }),
  };
}
