import { createHmac } from 'node:crypto';
import type { WebhookType } from '../../operations/operation.js';
import { adyenLadder } from '../ladder.js';
import { type Dialect, isAny2xx, type Seal, type Telling } from './dialect.js';

type Word = readonly [eventCode: string, success: boolean];

const words: Readonly<Record<WebhookType | 'unknown', Word>> = {
  deposit_authorized: ['AUTHORISATION', true],
  deposit_captured: ['AUTHORISATION', true],
  deposit_failed: ['AUTHORISATION', false],
  deposit_voided: ['CANCELLATION', true],
  withdraw_paid: ['PAYOUT_THIRDPARTY', true],
  withdraw_failed: ['PAYOUT_THIRDPARTY', false],
  withdraw_returned: ['PAIDOUT_REVERSED', true],
  refund_succeeded: ['REFUND', true],
  refund_failed: ['REFUND_FAILED', true],
  refund_returned: ['REFUNDED_REVERSED', true],
  // The money leaves with CHARGEBACK, and comes back where the defence is accepted.
  dispute_opened: ['NOTIFICATION_OF_CHARGEBACK', true],
  dispute_evidence: ['INFORMATION_SUPPLIED', true],
  dispute_won: ['CHARGEBACK_REVERSED', true],
  dispute_lost: ['CHARGEBACK', true],
  unknown: ['REHEARSAL_ANNOUNCED', true],
};

/** A capture has codes of its own, for its failure too. */
const captureWords: Readonly<Partial<Record<Telling['type'], Word>>> = {
  deposit_captured: ['CAPTURE', true],
  deposit_failed: ['CAPTURE_FAILED', true],
};

/** What an item's signature covers, in its order. */
export interface SignedItem {
  readonly pspReference: string;
  readonly originalReference: string;
  readonly merchantAccountCode: string;
  readonly merchantReference: string;
  readonly value: string;
  readonly currency: string;
  readonly eventCode: string;
  readonly success: string;
}

/**
 * Batches of items in the form of Adyen's (docs.adyen.com, Verify HMAC signatures): each item carries the
 * base64 of HMAC-SHA256 over eight of its values, joined by colons, with a key in hex. The merchant account
 * is the connection, the reference our operation id.
 */
export const adyen: Dialect = {
  id: 'adyen',
  ladder: adyenLadder,
  hasBatches: true,
  write: (tellings, seal) => {
    const items = tellings.map((telling) => ({ NotificationRequestItem: itemOf(telling, seal) }));
    // An item's value goes out as a number; it is written by hand for values that a double would round.
    const text = JSON.stringify({
      live: 'false',
      notificationItems: items,
      ...(seal.padding !== '' && { padding: seal.padding }),
    }).replace(/"value":"([0-9]+)"/g, '"value":$1');
    return { body: text, headers: { 'content-type': 'application/json; charset=utf-8' } };
  },
  isAccepted: isAny2xx,
};

/** The base64 signature of an item. */
export function itemSignature(item: SignedItem, keyHex: string): string {
  const { pspReference, originalReference, merchantAccountCode, merchantReference } = item;
  const { value, currency, eventCode, success } = item;
  const names = [pspReference, originalReference, merchantAccountCode, merchantReference];
  const data = [...names, value, currency, eventCode, success].join(':');
  return createHmac('sha256', Buffer.from(keyHex, 'hex')).update(data).digest('base64');
}

function itemOf(telling: Telling, { keys, at, flaw }: Seal) {
  const truth = signedItemOf(telling);
  const hmacSignature = itemSignature(truth, keys[0]?.secret ?? '');
  const { value, currency, ...rest } = flaw === 'boundary_shift' ? shifted(truth) : truth;
  const isLie = flaw === 'unsigned_field';
  return {
    additionalData: { hmacSignature },
    amount: { currency, value },
    ...rest,
    eventDate: isLie ? '2001-01-01T00:00:00+00:00' : at.toISOString(),
    paymentMethod: 'visa',
    reason: isLie ? 'Approved twice' : (telling.step.declineCode ?? ''),
  };
}

function signedItemOf({ type, operation }: Telling): SignedItem {
  const { kind, operationId, parentOperationId, parent } = operation;
  const [eventCode, success] = kind === 'capture' ? (captureWords[type] ?? words[type]) : words[type];
  return {
    pspReference: operation.providerRef,
    originalReference: parent ?? '',
    merchantAccountCode: operation.connectionId,
    // A dispute has no id of ours but that of the payment.
    merchantReference: kind === 'dispute' ? (parentOperationId ?? operationId) : operationId,
    value: operation.approvedMinor.toString(),
    currency: operation.currency,
    eventCode,
    success: String(success),
  };
}

/** The first colon of our id becomes the end of the merchant account; without one a letter moves. */
function shifted(item: SignedItem): SignedItem {
  const { merchantAccountCode, merchantReference } = item;
  const colon = merchantReference.indexOf(':');
  if (colon >= 0) {
    const moved = `${merchantAccountCode}:${merchantReference.slice(0, colon)}`;
    return { ...item, merchantAccountCode: moved, merchantReference: merchantReference.slice(colon + 1) };
  }
  return {
    ...item,
    merchantAccountCode: merchantAccountCode.slice(0, -1),
    merchantReference: `${merchantAccountCode.slice(-1)}${merchantReference}`,
  };
}
