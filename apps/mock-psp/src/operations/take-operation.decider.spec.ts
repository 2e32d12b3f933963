import { describe, expect, it } from '@jest/globals';
import { scenarioOf } from '../scenarios/scenarios.js';
import { Book } from '../book/book.js';
import { type BookEvent, readEvent, writeEvent } from '../book/book-event.wire.js';
import { finalStep, type Operation, type OperationRequest, stepAt } from './operation.js';
import { decideTake } from './take-operation.decider.js';

const start = Date.parse('2025-10-09T08:00:00.000Z');
const rateCard = { version: 1, providerFeeBasisPoints: 250, providerFeeFixedMinor: 0n };
const request = (over: Partial<OperationRequest> & { readonly play?: string } = {}): OperationRequest => {
  const { play = 'approve', ...rest } = over;
  return {
    ...{ operationId: 'op_1', connectionId: 'c_one', kind: 'charge', amountMinor: 1_000n, currency: 'TRY' },
    ...{ customer: 'cus_1', reference: 'Order', instrument: null, parent: null, returnUrl: null },
    metadata: { 'mock.scenario': play },
    ...rest,
  };
};
const decide = (book: Book, asked: OperationRequest, afterMs = 0) => {
  const parsed = scenarioOf(asked);
  if (!parsed.accepted) throw new Error(parsed.refusal.code);
  const { scenario, text: scenarioText } = parsed;
  return decideTake(
    { request: asked, scenario, scenarioText, rateCard, seed: 'one', at: new Date(start + afterMs) },
    book,
  );
};
/** Decides, applies through the journal's form, and gives the operation. */
const take = (book: Book, asked: OperationRequest, afterMs = 0): Operation => {
  const decision = decide(book, asked, afterMs);
  if (!decision.accepted) throw new Error(decision.refusal.code);
  for (const event of decision.events) book.apply(readEvent(writeEvent(event)));
  const operation = book.find(asked.connectionId, asked.operationId);
  if (operation === undefined) throw new Error('it was not taken');
  return operation;
};
const refusalOf = (book: Book, asked: OperationRequest, afterMs = 0) => {
  const decision = decide(book, asked, afterMs);
  return decision.accepted ? undefined : decision.refusal;
};
const charge = (book: Book): Operation => take(book, request({ play: 'instant', amountMinor: 1_000n }));
const refund = (providerRef: string, amountMinor: bigint, operationId: string, over: object = {}) =>
  request({ kind: 'refund', parent: providerRef, amountMinor, operationId, ...over });

describe('taking an operation', () => {
  it('plans the same life for the same operation, whatever came before', () => {
    const [first, second] = [new Book(), new Book()];
    take(second, request({ operationId: 'op_0' }));
    expect(take(first, request())).toEqual(take(second, request()));
  });

  it('accepts a repetition without a second effect, and refuses another request under the id', () => {
    const book = new Book();
    take(book, request({ metadata: { 'mock.scenario': 'instant', amountMinor: 'x' } }));
    const again = decide(book, request({ metadata: { 'mock.scenario': 'instant', amountMinor: 'x' } }));
    expect(again).toEqual({ accepted: true, events: [] });
    expect(refusalOf(book, request({ amountMinor: 1_001n, currency: 'USD' }))).toEqual({
      code: 'operation-id-reused',
      differs: ['amountMinor', 'currency', 'metadata'],
    });
    expect(refusalOf(book, request({ connectionId: 'c_two' }))).toBeUndefined();
  });

  it('loses as many calls as the scenario says, then takes it', () => {
    const book = new Book();
    const asked = request({ play: 'answer.timeout_before:2' });
    for (const _ of [1, 2]) {
      const decision = decide(book, asked);
      expect(decision).toMatchObject({ accepted: true, events: [{ type: 'CallLost' }] });
      for (const event of decision.accepted ? decision.events : []) book.apply(event);
      expect(book.find('c_one', 'op_1')).toBeUndefined();
    }
    expect(take(book, asked).operationId).toBe('op_1');
  });

  it('charges the fee on charges only', () => {
    const book = new Book();
    const { providerRef, feeMinor } = charge(book);
    expect(feeMinor).toBe(25n);
    expect(take(book, refund(providerRef, 5n, 'op_2')).feeMinor).toBe(0n);
    expect(take(book, request({ kind: 'payout', operationId: 'op_3' })).feeMinor).toBe(0n);
  });
});

describe('a refund', () => {
  it('may take all of the charge in parts, and not one unit more', () => {
    const book = new Book();
    const { providerRef } = charge(book);
    take(book, refund(providerRef, 600n, 'op_2'));
    expect(refusalOf(book, refund(providerRef, 401n, 'op_3'))).toEqual({
      code: 'refund-exceeds-charge',
      refundableMinor: '400',
    });
    take(book, refund(providerRef, 400n, 'op_3'));
  });

  it('that is declined takes nothing', () => {
    const book = new Book();
    const { providerRef } = charge(book);
    take(book, refund(providerRef, 1_000n, 'op_2', { play: 'decline' }));
    expect(refusalOf(book, refund(providerRef, 1_000n, 'op_3'))).toBeUndefined();
  });

  it('needs a succeeded charge of the same connection and currency', () => {
    const book = new Book();
    const { providerRef } = charge(book);
    const pending = take(book, request({ operationId: 'op_9' }));
    expect(refusalOf(book, refund(providerRef, 1n, 'op_2', { currency: 'USD' }))).toMatchObject({
      code: 'currency-differs-from-charge',
    });
    expect(refusalOf(book, refund(providerRef, 1n, 'op_2', { connectionId: 'c_two' }))).toEqual({
      code: 'charge-not-found',
    });
    expect(refusalOf(book, refund('mp_ch_none', 1n, 'op_2'))).toEqual({ code: 'charge-not-found' });
    expect(refusalOf(book, refund(pending.providerRef, 1n, 'op_2'))).toMatchObject({
      code: 'charge-not-succeeded',
    });
    expect(refusalOf(book, refund(pending.providerRef, 1n, 'op_2'), 1_000)).toBeUndefined();
    expect(refusalOf(book, request({ kind: 'refund', operationId: 'op_2' }))).toEqual({
      code: 'charge-missing',
    });
    expect(refusalOf(book, request({ parent: providerRef, operationId: 'op_2' }))).toEqual({
      code: 'charge-not-expected',
    });
  });
});

describe('the plan', () => {
  const planned = (play: string, kind: 'charge' | 'payout' = 'charge') =>
    take(new Book(), request({ play, kind }));
  const statuses = ({ steps }: Operation) => steps.map(({ status }) => status);
  const sent = ({ deliveries }: Operation) =>
    [...deliveries].sort((a, b) => (a.dueAt < b.dueAt ? -1 : 1)).map(({ type }) => type);

  it('of each outcome has its states and webhooks', () => {
    expect([statuses(planned('approve')), sent(planned('approve'))]).toEqual([
      ['pending', 'succeeded'],
      ['deposit_captured'],
    ]);
    expect([statuses(planned('instant')), sent(planned('instant'))]).toEqual([
      ['succeeded'],
      ['deposit_captured'],
    ]);
    expect([statuses(planned('decline')), sent(planned('decline'))]).toEqual([
      ['declined'],
      ['deposit_failed'],
    ]);
    const returned = planned('payout.returned', 'payout');
    expect(statuses(returned)).toEqual(['pending', 'succeeded', 'returned']);
    expect(sent(returned)).toEqual(['withdraw_paid', 'withdraw_returned']);
    expect(sent(planned('payout.returned,webhook.reorder', 'payout'))).toEqual([
      'withdraw_returned',
      'withdraw_paid',
    ]);
    expect(statuses(planned('payout.decline', 'payout'))).toEqual(['pending', 'failed']);
    expect(sent(planned('webhook.drop'))).toEqual([]);
  });

  it('unfolds with time alone', () => {
    const operation = planned('payout.returned', 'payout');
    const at = (ms: number) => stepAt(operation, new Date(start + ms)).status;
    expect([at(0), at(9), at(51), at(400)]).toEqual(['pending', 'pending', 'succeeded', 'returned']);
    expect(finalStep(operation).status).toBe('returned');
  });

  it('repeats the same event when it doubles a webhook', () => {
    const { deliveries } = planned('webhook.duplicate:4');
    expect(deliveries).toHaveLength(5);
    expect(new Set(deliveries.map(({ eventId }) => eventId)).size).toBe(1);
    expect(new Set(deliveries.map(({ id }) => id)).size).toBe(5);
  });
});

it('an event survives the journal exactly, whatever the metadata holds', () => {
  const book = new Book();
  const operation = take(
    book,
    request({ amountMinor: 2n ** 80n, metadata: { amountMinor: 'not a number', feeMinor: '1' } }),
  );
  const event: BookEvent = { type: 'OperationTaken', operation };
  expect(readEvent(writeEvent(event))).toEqual(event);
  expect(() => readEvent('{"type":"Other"}')).toThrow('not known');
});
