import {
  connectionInPath,
  invalid,
  isDigest,
  type PaymentProvider,
  type ProviderEvent,
  UnreadableWebhook,
} from '@defter/payments-contracts';
import { hashOf, toOperationId } from './wire.js';

const maxFields = 100;

/**
 * The callback is a form. `hash` signs `merchant_oid + salt + status + total_amount`; the salt in the middle
 * is secret, so nothing can be shifted over it, and a total is digits only, so nothing can be shifted over
 * the end of the status. Everything else is anybody's.
 */
export const webhook: PaymentProvider['webhook'] = {
  identify: ({ path }) => connectionInPath('paytr', path),

  verify: ({ body }, keys) => {
    const form = readForm(body);
    if (form === undefined) return invalid('body_malformed');
    const { hash, merchant_oid: oid, status, total_amount: total } = form;
    if (hash === undefined || hash === '') return invalid('signature_missing');
    if (oid === undefined || status === undefined || total === undefined) return invalid('body_malformed');
    const key = keys
      .filter(({ secret, parameters }) => secret !== '' && parameters?.['salt'] !== undefined)
      .filter(({ secret, parameters = {} }) =>
        isDigest(hash, hashOf(secret, `${oid}${parameters['salt']}${status}${total}`), 'base64'),
      )[0];
    return key === undefined ? invalid('signature_mismatch') : { valid: true, keyId: key.id };
  },

  normalize: ({ body }) => [readEvent(readForm(body))],
};

/** The form's fields by name; undefined for bytes that are no UTF-8 form, or name a field twice. */
function readForm(body: Uint8Array): Readonly<Record<string, string | undefined>> | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
    const fields = [...new URLSearchParams(text)];
    const names = new Set(fields.map(([name]) => name));
    // Of two fields with one name each reader takes another one: which is signed would be a matter of taste.
    if (names.size < fields.length || fields.length > maxFields) return undefined;
    return Object.assign(Object.create(null) as Record<string, string>, Object.fromEntries(fields));
  } catch {
    return undefined;
  }
}

/** A form that says no outcome that we know gives an event without facts. */
function readEvent(form: ReturnType<typeof readForm>): ProviderEvent {
  const { hash: _, merchant_oid: oid, status, total_amount: total, ...untrusted } = form ?? {};
  if (!has(oid, /^[0-9A-Za-z]{1,64}$/) || !has(status, /^\w{1,32}$/) || !has(total, /^\d{1,18}$/)) {
    throw new UnreadableWebhook('the form has no order, status and total');
  }
  const facts = factsOf(oid, status, total);
  return {
    providerEventId: `${oid}:${status}:${total}`,
    providerType: status,
    uniqueKey: JSON.stringify([oid, status, total]),
    ...(facts !== undefined && { facts }),
    untrusted,
  };
}

const has = (text: string | undefined, form: RegExp): text is string => text !== undefined && form.test(text);

function factsOf(oid: string, status: string, total: string): ProviderEvent['facts'] {
  if (status !== 'success' && status !== 'failed') return undefined;
  const operationId = toOperationId(oid);
  return {
    ...(operationId !== undefined && { operationId }),
    ...{ providerRef: oid, kind: 'sale', amountMinor: BigInt(total) },
    result: status === 'success' ? 'succeeded' : 'declined',
    // The reason's code is unsigned, so it isn't repeated here.
    ...(status === 'failed' && { declineCode: 'declined' }),
  };
}
