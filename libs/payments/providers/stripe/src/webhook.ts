import { createHmac } from 'node:crypto';
import {
  connectionInPath,
  invalid,
  isDigest,
  type PaymentProvider,
  type ProviderEvent,
  UnreadableWebhook,
} from '@defter/payments-contracts';
import { memberOf, readJson, textMember, writtenMember } from '@defter/platform';
import { factsOf, isDisputeType } from './event-facts.js';

/** How old, and how far ahead of our clock, a signed time may be. Stripe's own library takes any future. */
const toleranceMs = 300_000;
const maxSignatures = 10;
const maxHeaderLength = 2_000;

export const webhook: PaymentProvider['webhook'] = {
  signatureHeader: 'stripe-signature',

  identify: ({ path }) => connectionInPath('stripe', path),

  verify: ({ headers, body }, keys, now) => {
    const header = headers['stripe-signature'];
    if (header === undefined || header === '') return invalid('signature_missing');
    const signature = parseSignature(header);
    if (signature === undefined) return invalid('signature_malformed');
    const { t, v1 } = signature;
    const key = keys.filter(({ secret }) => {
      if (secret === '') return false;
      const digest = createHmac('sha256', secret).update(`${t}.`).update(body).digest();
      // Every candidate is compared, so that the time taken doesn't tell which one came close.
      return v1.filter((candidate) => isDigest(candidate, digest, 'hex')).length > 0;
    })[0];
    if (key === undefined) return invalid('signature_mismatch');
    const distanceMs = Math.abs(now.getTime() - Number.parseInt(t, 10) * 1_000);
    return distanceMs <= toleranceMs ? { valid: true, keyId: key.id } : invalid('timestamp_out_of_tolerance');
  },

  normalize: ({ body }) => [readEvent(readJson(body))],
};

/** `t=<unix seconds>,v1=<hex>[,v1=<hex>]`; others are passed over: an old scheme can't be forced on us. */
function parseSignature(header: string): { readonly t: string; readonly v1: readonly string[] } | undefined {
  if (header.length > maxHeaderLength) return undefined;
  const parts = header.split(',').map((part) => part.trim());
  const times = parts.filter((part) => part.startsWith('t='));
  const t = /^t=([0-9]{1,12})$/.exec(times[0] ?? '')?.[1];
  const v1 = parts.filter((part) => part.startsWith('v1=')).map((part) => part.slice(3));
  // Two times would let a reader check one and a logger show another.
  if (t === undefined || times.length > 1 || v1.length === 0 || v1.length > maxSignatures) return undefined;
  return { t, v1 };
}

/** The whole body is signed, so all of it may be believed. */
function readEvent(json: unknown): ProviderEvent {
  const [id, type] = [textMember(json, 'id'), textMember(json, 'type')];
  if (id === undefined || type === undefined || textMember(json, 'object') !== 'event')
    throw new UnreadableWebhook('the body is no event');
  const seconds = writtenMember(json, 'created');
  const facts = factsOf(type, memberOf(memberOf(json, 'data'), 'object'));
  if (facts === 'unreadable') throw new UnreadableWebhook(`${type} ${id} has an object that can't be read`);
  return {
    ...{ providerEventId: id, providerType: type, uniqueKey: `event:${id}` },
    ...(seconds !== undefined && /^\d{1,11}$/.test(seconds) && { occurredAt: instantOf(seconds) }),
    ...(facts === undefined && isDisputeType(type) && { unknownType: true }),
    ...(facts === undefined ? { untrusted: { body: json } } : { facts, untrusted: {} }),
  };
}

const instantOf = (seconds: string): string => new Date(Number.parseInt(seconds, 10) * 1_000).toISOString();
