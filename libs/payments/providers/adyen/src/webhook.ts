import {
  connectionInPath,
  invalid,
  isDigest,
  type PaymentProvider,
  type ProviderEvent,
  UnreadableWebhook,
} from '@defter/payments-contracts';
import { readJson } from '@defter/platform';
import { factsOf, saysNothing } from './event-facts.js';
import { digestOf, isUnambiguous, type Item, readItems } from './wire.js';

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
    // Also one that is understood, but signed so that its fields could be others.
    ...(facts === undefined && !saysNothing(eventCode) && { unknownType: true }),
    untrusted: unsigned,
  };
}
