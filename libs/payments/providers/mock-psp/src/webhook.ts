import { createHmac, timingSafeEqual } from 'node:crypto';
import {
  type PaymentProvider,
  type ProviderEvent,
  type RawRequest,
  type SigningKey,
  UnreadableWebhook,
  type Verdict,
} from '@defter/payments-contracts';
import { readJson, readOperation, textOf } from './wire.js';

/** How old, and how far ahead of our clock, a signed time may be. */
const toleranceMs = 300_000;
const maxSignatures = 10;
const maxHeaderLength = 2_000;

/** What each type may say about its operation: the kind it is about, and the states it may carry. */
const types: Readonly<Record<string, { readonly kind: string; readonly statuses: readonly string[] }>> = {
  deposit_captured: { kind: 'sale', statuses: ['succeeded'] },
  deposit_failed: { kind: 'sale', statuses: ['declined', 'failed'] },
  withdraw_paid: { kind: 'payout', statuses: ['succeeded'] },
  withdraw_failed: { kind: 'payout', statuses: ['declined', 'failed'] },
  withdraw_returned: { kind: 'payout', statuses: ['returned'] },
  refund_succeeded: { kind: 'refund', statuses: ['succeeded'] },
};

export const webhook: PaymentProvider['webhook'] = {
  signatureHeader: 'mock-signature',

  identify: ({ path, body }) =>
    /\/webhook\/mock-psp\/([A-Za-z0-9_-]{1,64})(?:$|[/?#])/.exec(path)?.[1] ??
    textOf(readJson(body), 'connection_id'),

  verify: ({ headers, body }, keys, now) => {
    const header = headers['mock-signature'];
    if (header === undefined || header === '') return invalid('signature_missing');
    const signature = parseSignature(header);
    if (signature === undefined) return invalid('signature_malformed');
    const key = keys.find(({ secret }) => matchesAny(signature.v1, digest(secret, signature.t, body)));
    if (key === undefined) return invalid('signature_mismatch');
    const distanceMs = Math.abs(now.getTime() - Number.parseInt(signature.t, 10) * 1_000);
    return distanceMs <= toleranceMs ? { valid: true, keyId: key.id } : invalid('timestamp_out_of_tolerance');
  },

  normalize: (request) => [readEvent(request)],
};

/**
 * `t=<unix seconds>,v1=<hex>[,v1=<hex>]`; other schemes (`v0=`) are passed over, so that an old one can't
 * be forced on us.
 */
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

function digest(secret: SigningKey['secret'], t: string, body: Uint8Array): Buffer {
  return createHmac('sha256', secret).update(`${t}.`).update(body).digest();
}

/** Compares every candidate, so that the time taken doesn't tell which one came close. */
function matchesAny(candidates: readonly string[], expected: Buffer): boolean {
  return candidates.map((hex) => matches(hex, expected)).includes(true);
}

function matches(hex: string, expected: Buffer): boolean {
  return /^[0-9a-f]{64}$/.test(hex) && timingSafeEqual(Buffer.from(hex, 'hex'), expected);
}

function invalid(reason: string): Verdict {
  return { valid: false, reason };
}

/**
 * The event of a request, from its body alone: every byte of it is signed, and no header but the signature
 * is. A type we don't know gives an event without facts: it can cause a look-up and nothing more. @throws
 * UnreadableWebhook when the body isn't one of this provider's events
 */
function readEvent({ body }: RawRequest): ProviderEvent {
  const json = readJson(body);
  const [id, type, occurredAt] = [textOf(json, 'id'), textOf(json, 'type'), textOf(json, 'occurred_at')];
  if (id === undefined || type === undefined) throw new UnreadableWebhook('the body has no id or no type');
  const named = {
    providerEventId: id,
    providerType: type,
    uniqueKey: `event:${id}`,
    ...(occurredAt && { occurredAt }),
  };
  const expected = Object.hasOwn(types, type) ? types[type] : undefined;
  if (expected === undefined) return { ...named, untrusted: { body: json } };
  const operation = readOperation((json as { readonly operation?: unknown }).operation);
  if (operation === undefined) throw new UnreadableWebhook(`${type} ${id} has no operation that can be read`);
  const { kind, status, declineCode, ...facts } = operation;
  if (kind !== expected.kind || !expected.statuses.includes(status)) {
    throw new UnreadableWebhook(`${type} ${id} contradicts its operation (${kind}, ${status})`);
  }
  return {
    ...named,
    facts: { ...facts, kind, result: status, ...(declineCode && { declineCode }) },
    untrusted: {},
  };
}
