import { isDeepStrictEqual } from 'node:util';
import { accept, type Decision, refuse } from '@defter/kernel';
import type { RateCard } from '@defter/backoffice-contracts';
import type { Scenario } from '../scenarios/scenario.js';
import type { Book } from '../book/book.js';
import type { BookEvent } from '../book/book-event.wire.js';
import { feeMinor } from './fee.js';
import { type Operation, type OperationKind, type OperationRequest, stepAt } from './operation.js';
import { planOf } from './plan.js';
import { seededHex } from '../seed.js';

/**
 * (not there) → taken, once per connection and operation id. The same request again is accepted without an
 * event; the same id for another request is refused. A call that the scenario loses is an event and takes
 * nothing.
 */
export interface TakeOperation {
  readonly request: OperationRequest;
  readonly scenario: Scenario;
  readonly scenarioText: string;
  readonly rateCard: RateCard;
  readonly at: Date;
}

export type TakeRefusal =
  | { readonly code: 'operation-id-reused'; readonly differs: readonly string[] }
  | { readonly code: 'charge-missing' }
  | { readonly code: 'charge-not-expected' }
  | { readonly code: 'charge-not-found' }
  | { readonly code: 'charge-not-succeeded'; readonly status: string }
  | { readonly code: 'currency-differs-from-charge'; readonly chargeCurrency: string }
  | { readonly code: 'refund-exceeds-charge'; readonly refundableMinor: string };

/** Decides on a call. `book` is only read. */
export function decideTake(command: TakeOperation, book: Book): Decision<BookEvent, TakeRefusal> {
  const { request, scenario, at } = command;
  const { connectionId, operationId, kind } = request;
  const existing = book.find(connectionId, operationId);
  if (existing !== undefined) {
    const differs = differences(request, existing);
    return differs.length === 0 ? accept() : refuse({ code: 'operation-id-reused', differs });
  }
  const refusal = kind === 'refund' ? checkRefund(request, book, at) : noCharge(request);
  if (refusal !== undefined) return refuse(refusal);
  const { answer } = scenario;
  if (answer.type === 'timeout-before' && book.callsLost(connectionId, operationId) < answer.times) {
    return accept({ type: 'CallLost', connectionId, operationId, at: at.toISOString() });
  }
  return accept({ type: 'OperationTaken', operation: operationOf(command) });
}

function operationOf({ request, scenario, scenarioText, rateCard, at }: TakeOperation): Operation {
  const { connectionId, operationId, kind, amountMinor } = request;
  return {
    ...request,
    providerRef: `mp_${prefixes[kind]}_${seededHex(24, connectionId, operationId)}`,
    feeMinor: kind === 'charge' ? feeMinor(amountMinor, rateCard) : 0n,
    scenario: scenarioText,
    takenAt: at.toISOString(),
    ...planOf(request, scenario, at),
  };
}

const prefixes: Readonly<Record<OperationKind, string>> = { charge: 'ch', refund: 'rf', payout: 'po' };

function noCharge({ charge }: OperationRequest): TakeRefusal | undefined {
  return charge === null ? undefined : { code: 'charge-not-expected' };
}

function checkRefund(request: OperationRequest, book: Book, at: Date): TakeRefusal | undefined {
  if (request.charge === null) return { code: 'charge-missing' };
  const charge = book.findByProviderRef(request.connectionId, request.charge);
  if (charge === undefined || charge.kind !== 'charge') return { code: 'charge-not-found' };
  const { status } = stepAt(charge, at);
  if (status !== 'succeeded') return { code: 'charge-not-succeeded', status };
  if (charge.currency !== request.currency) {
    return { code: 'currency-differs-from-charge', chargeCurrency: charge.currency };
  }
  const refundable = charge.amountMinor - book.refundedMinor(charge);
  if (request.amountMinor <= refundable) return undefined;
  return { code: 'refund-exceeds-charge', refundableMinor: refundable.toString() };
}

/** The fields in which a request differs from what is booked under its id. */
function differences(request: OperationRequest, existing: Operation): readonly string[] {
  const fields = Object.keys(request) as (keyof OperationRequest)[];
  return fields.filter((field) => !isDeepStrictEqual({ ...request }[field], existing[field]));
}
