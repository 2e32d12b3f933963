import type { Book } from '../book/book.js';
import { type BookEvent, readEvent, writeEvent } from '../book/book-event.wire.js';
import type { Operation, OperationRequest } from '../operations/operation.js';
import { decideTake } from '../operations/take-operation.decider.js';
import { scenarioOf } from '../scenarios/scenarios.js';

export const start = Date.parse('2025-10-09T08:00:00.000Z');
const rateCard = { version: 1, providerFeeBasisPoints: 250, providerFeeFixedMinor: 0n };

/** A charge of 10.00 TRY, plain, unless told otherwise. */
export function request(over: Partial<OperationRequest> & { readonly play?: string } = {}): OperationRequest {
  const { play = 'approve', ...rest } = over;
  return {
    ...{ operationId: 'op_1', connectionId: 'c_one', kind: 'charge', amountMinor: 1_000n, currency: 'TRY' },
    ...{ customer: 'cus_1', reference: 'Order', instrument: null, parent: null, returnUrl: null },
    metadata: { 'mock.scenario': play },
    ...rest,
  };
}

export function decide(book: Book, asked: OperationRequest, afterMs = 0, seed = 'one') {
  const parsed = scenarioOf(asked);
  if (!parsed.accepted) throw new Error(parsed.refusal.code);
  const { scenario, text: scenarioText } = parsed;
  const at = new Date(start + afterMs);
  return decideTake({ request: asked, scenario, scenarioText, rateCard, seed, at }, book);
}

/** Applies events through the journal's form. */
export function apply(book: Book, events: readonly BookEvent[]): void {
  for (const event of events) book.apply(readEvent(writeEvent(event)));
}

/** Decides, applies, and gives the operation. */
export function take(book: Book, asked: OperationRequest, afterMs = 0, seed = 'one'): Operation {
  const decision = decide(book, asked, afterMs, seed);
  if (!decision.accepted) throw new Error(decision.refusal.code);
  apply(book, decision.events);
  const operation = book.find(asked.connectionId, asked.operationId);
  if (operation === undefined) throw new Error('it was not taken');
  return operation;
}

export function refusalOf(book: Book, asked: OperationRequest, afterMs = 0) {
  const decision = decide(book, asked, afterMs);
  return decision.accepted ? undefined : decision.refusal;
}
