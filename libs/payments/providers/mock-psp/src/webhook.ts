import { createHmac, timingSafeEqual } from 'node:crypto';
import {
  type PaymentProvider,
  type ProviderEvent,
  type SigningKey,
  UnreadableWebhook,
  type Verdict,
} from '@defter/payments-contracts';
import { readJson, readOperation, textOf, type WireOperation } from './wire.js';

/** How old, and how far ahead of our clock, a signed time may be. */
const toleranceMs = 300_000;
const maxSignatures = 10;
const maxHeaderLength = 2_000;

interface EventType {
  readonly kinds: readonly string[];
  readonly statuses: readonly string[];
}
const paying = ['sale', 'authorize', 'capture', 'void'];
const dispute = (...statuses: readonly string[]): EventType => ({ kinds: ['chargeback'], statuses });

/** What each type may say about its operation: the kinds it is about, and the states it may carry. */
const types: Readonly<Record<string, EventType>> = {
  deposit_authorized: { kinds: ['authorize'], statuses: ['succeeded'] },
  deposit_captured: { kinds: ['sale', 'capture'], statuses: ['succeeded'] },
  deposit_failed: { kinds: paying, statuses: ['declined', 'failed'] },
  deposit_voided: { kinds: ['void'], statuses: ['succeeded'] },
  withdraw_paid: { kinds: ['payout'], statuses: ['succeeded'] },
  withdraw_failed: { kinds: ['payout'], statuses: ['declined', 'failed'] },
  withdraw_returned: { kinds: ['payout'], statuses: ['returned'] },
  refund_succeeded: { kinds: ['refund'], statuses: ['succeeded'] },
  refund_returned: { kinds: ['refund'], statuses: ['returned'] },
  refund_failed: { kinds: ['refund'], statuses: ['declined', 'failed'] },
  dispute_opened: dispute('pending'),
  dispute_evidence: dispute('pending'),
  dispute_won: dispute('failed'),
  dispute_lost: dispute('succeeded'),
};
/** More events in one request than the provider ever sends. */
const maxEvents = 1_000;

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

  normalize: ({ body }) => readEvents(readJson(body)),
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

/** The events of a request: a batch has several. @throws UnreadableWebhook when one of them can't be read */
function readEvents(json: unknown): readonly ProviderEvent[] {
  if (textOf(json, 'type') !== 'batch') return [readEvent(json)];
  const { events } = json as { readonly events?: unknown };
  if (!Array.isArray(events) || events.length === 0 || events.length > maxEvents)
    throw new UnreadableWebhook('the batch has no events, or too many');
  return events.map(readEvent);
}

/**
 * An event, from the body alone: every byte of it is signed, and no header but the signature is. A type we
 * don't know gives an event without facts: it can cause a look-up and nothing more. @throws
 * UnreadableWebhook when it isn't one of this provider's events
 */
function readEvent(json: unknown): ProviderEvent {
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
  const told = (json as { readonly operation?: unknown }).operation;
  const operation = readOperation(told);
  if (operation === undefined) throw new UnreadableWebhook(`${type} ${id} has no operation that can be read`);
  const { kind, status } = operation;
  if (!expected.kinds.includes(kind) || !expected.statuses.includes(status)) {
    throw new UnreadableWebhook(`${type} ${id} contradicts its operation (${kind}, ${status})`);
  }
  return { ...named, facts: factsOf(operation, told), untrusted: {} };
}

/** A dispute is named by the operation that it is about: that id is ours, its own is the provider's. */
function factsOf(operation: WireOperation, told: unknown): NonNullable<ProviderEvent['facts']> {
  const { kind, status, declineCode, operationId, providerRef, amountMinor, currency, feeMinor } = operation;
  const about = kind === 'chargeback' ? textOf(told, 'parent_operation_id') : operationId;
  return {
    ...{ providerRef, amountMinor, currency, feeMinor, kind, result: status },
    ...(about !== undefined && { operationId: about }),
    ...(kind === 'chargeback' && { disputeRef: providerRef }),
    ...(declineCode && { declineCode }),
  };
}
