import type { Operation, WebhookType } from '../../operations/operation.js';
import { stripeLadder } from '../ladder.js';
import { type Dialect, isAny2xx, jsonOf, type Telling } from './dialect.js';
import { sealed } from './own.js';

const names: Readonly<Record<WebhookType | 'unknown', string>> = {
  deposit_authorized: 'payment_intent.amount_capturable_updated',
  deposit_captured: 'payment_intent.succeeded',
  deposit_failed: 'payment_intent.payment_failed',
  deposit_voided: 'payment_intent.canceled',
  withdraw_paid: 'payout.paid',
  withdraw_failed: 'payout.failed',
  withdraw_returned: 'payout.failed',
  refund_succeeded: 'refund.updated',
  refund_failed: 'refund.failed',
  refund_returned: 'refund.failed',
  dispute_opened: 'charge.dispute.created',
  dispute_evidence: 'charge.dispute.updated',
  dispute_won: 'charge.dispute.closed',
  dispute_lost: 'charge.dispute.closed',
  unknown: 'rehearsal.announced',
};

/**
 * Events in the form of Stripe's (docs.stripe.com/api/events/object), `Stripe-Signature: t=,v1=` over the
 * whole body. Our operation id is in `metadata.defter_operation`, a capture's in
 * `metadata.defter_capture_operation`.
 */
export const stripe: Dialect = {
  id: 'stripe',
  ladder: stripeLadder,
  hasBatches: false,
  write: ([telling], seal) => {
    const event = eventOf(telling);
    const text = jsonOf(seal.padding === '' ? event : { ...event, padding: seal.padding });
    const lies = seal.flaw === 'unsigned_field' ? { 'stripe-account': 'acct_of_somebody_else' } : {};
    return sealed(text, 'stripe-signature', seal, lies);
  },
  isAccepted: isAny2xx,
};

function eventOf({ eventId, type, step, operation }: Telling) {
  return {
    ...{ id: eventId, object: 'event', api_version: '2025-09-30.clover', livemode: false },
    created: Math.floor(Date.parse(step.at) / 1_000),
    type: names[type],
    data: { object: { ...objectOf(operation, type), status: statusOf(type) } },
    request: { id: null, idempotency_key: operation.operationId },
  };
}

function objectOf(operation: Operation, type: Telling['type']) {
  const { approvedMinor, kind, operationId, parent, providerRef } = operation;
  const money = { amount: approvedMinor, currency: operation.currency.toLowerCase() };
  const object = { id: providerRef, ...money, metadata: { defter_operation: operationId } };
  switch (kind) {
    case 'payout':
      return {
        ...object,
        object: 'payout',
        ...(type !== 'withdraw_paid' && { failure_code: codeOf(operation) }),
      };
    case 'refund':
      return {
        ...object,
        ...{ object: 'refund', payment_intent: parent },
        ...(type === 'refund_returned' && { failure_balance_transaction: `txn_${operationId}` }),
      };
    case 'dispute':
      // A dispute has nobody's metadata, only the payment's reference.
      return {
        ...object,
        object: 'dispute',
        payment_intent: parent,
        reason: operation.reference,
        metadata: {},
      };
    default:
      return { ...object, ...paymentOf(operation, type) };
  }
}

/** A payment intent; one that is captured by itself names the capture beside the authorization. */
function paymentOf(operation: Operation, type: Telling['type']) {
  const { kind, approvedMinor, operationId, parent, parentOperationId, providerRef } = operation;
  const isCapture = kind === 'capture';
  const metadata = isCapture
    ? { defter_operation: parentOperationId, defter_capture_operation: operationId }
    : { defter_operation: operationId };
  return {
    ...{ object: 'payment_intent', id: isCapture ? parent : providerRef, metadata },
    capture_method: kind === 'charge' ? 'automatic' : 'manual',
    amount_capturable: type === 'deposit_authorized' ? approvedMinor : 0n,
    amount_received: type === 'deposit_captured' ? approvedMinor : 0n,
    ...(type === 'deposit_failed' && { last_payment_error: { code: codeOf(operation) } }),
  };
}

const statuses: Readonly<Partial<Record<Telling['type'], string>>> = {
  ...{ deposit_authorized: 'requires_capture', deposit_failed: 'requires_payment_method' },
  ...{
    deposit_voided: 'canceled',
    withdraw_paid: 'paid',
    withdraw_failed: 'failed',
    withdraw_returned: 'failed',
  },
  ...{
    refund_failed: 'failed',
    refund_returned: 'failed',
    dispute_opened: 'needs_response',
    dispute_evidence: 'under_review',
  },
  ...{ dispute_won: 'won', dispute_lost: 'lost' },
};

function statusOf(type: Telling['type']): string {
  return statuses[type] ?? 'succeeded';
}

function codeOf({ steps }: Operation): string | undefined {
  return steps.at(-1)?.declineCode;
}
