import {
  connectionInPath,
  invalid,
  isDigest,
  type OperationKind,
  type PaymentProvider,
  type ProviderEvent,
  UnreadableWebhook,
} from '@defter/payments-contracts';
import { readJson } from '@defter/platform';
import { digestOf, isUnambiguous, type Item, readItems, type SignedItem } from './wire.js';

/** What an event code says of which kind of operation, when it has `success`. */
const kinds: Readonly<Record<string, OperationKind>> = {
  AUTHORISATION: 'authorize',
  CAPTURE: 'capture',
  CANCELLATION: 'void',
  REFUND: 'refund',
  PAYOUT_THIRDPARTY: 'payout',
  CHARGEBACK: 'chargeback',
};

/** Codes that tell of a failure by themselves; their `success` only says that the notice is one. */
const failures: Readonly<Record<string, OperationKind>> = {
  CAPTURE_FAILED: 'capture',
  REFUND_FAILED: 'refund',
};

/** A batch of notifications, each with a signature of its own inside the body. One bad one refuses all. */
export const webhook: PaymentProvider['webhook'] = {
  identify: ({ path }) => connectionInPath('adyen', path),

  verify: ({ body }, keys) => {
    const items = readItems(readJson(body));
    if (items === undefined) return invalid('body_malformed');
    if (items.some(({ signature }) => signature === '')) return invalid('signature_missing');
    const keyOf = ({ signed, signature }: Item) =>
      keys.filter(({ secret }) => {
        const digest = digestOf(signed, secret);
        return digest !== undefined && isDigest(signature, digest, 'base64');
      })[0];
    const used = items.map(keyOf);
    const [first] = used;
    return first === undefined || used.includes(undefined)
      ? invalid('signature_mismatch')
      : { valid: true, keyId: first.id };
  },

  normalize: ({ body }) => {
    const items = readItems(readJson(body));
    if (items === undefined) throw new UnreadableWebhook('the body is no batch of notifications');
    return items.map(readEvent);
  },
};

function readEvent({ signed, unsigned }: Item): ProviderEvent {
  const { pspReference, eventCode, success, value, currency } = signed;
  const facts = isUnambiguous(signed) ? factsOf(signed) : undefined;
  return {
    providerEventId: `${pspReference}:${eventCode}:${success}`,
    providerType: eventCode,
    uniqueKey: JSON.stringify([pspReference, eventCode, success, value, currency]),
    ...(facts !== undefined && { facts }),
    untrusted: unsigned,
  };
}

/** Amount and currency are signed here, so they are facts; the reason and the dates aren't. */
function factsOf(signed: SignedItem): ProviderEvent['facts'] {
  const { eventCode, success, pspReference, merchantReference, value, currency } = signed;
  const failure = Object.hasOwn(failures, eventCode) ? failures[eventCode] : undefined;
  const kind = failure ?? (Object.hasOwn(kinds, eventCode) ? kinds[eventCode] : undefined);
  if (kind === undefined) return undefined;
  const isGood = failure === undefined && success === 'true';
  const refused = kind === 'authorize' ? 'declined' : 'failed';
  return {
    ...(merchantReference !== '' && { operationId: merchantReference }),
    ...{ providerRef: pspReference, kind, result: isGood ? 'succeeded' : refused },
    ...{ amountMinor: BigInt(value), currency, ...(!isGood && { declineCode: refused }) },
  };
}
