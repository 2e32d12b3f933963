import { describe, expect, it } from '@jest/globals';
import { Book } from '../book/book.js';
import { type BookEvent, readEvent, writeEvent } from '../book/book-event.wire.js';
import { apply, decide, refusalOf, request, start, take } from '../testing/taking.js';
import { finalStep, type Operation, stepAt } from './operation.js';

const charge = (book: Book): Operation => take(book, request({ play: 'instant', amountMinor: 1_000n }));
const refund = (providerRef: string, amountMinor: bigint, operationId: string, over: object = {}) =>
  request({ kind: 'refund', parent: providerRef, amountMinor, operationId, ...over });

describe('taking an operation', () => {
  it('plans the same life for the same operation, whatever came before', () => {
    const [first, second] = [new Book(), new Book()];
    take(second, request({ operationId: 'op_0' }));
    expect(take(first, request())).toEqual(take(second, request()));
  });

  it('plans another life under another seed, with the same references', () => {
    const lives = ['one', 'two', 'three'].map((seed) => take(new Book(), request(), 0, seed));
    expect(new Set(lives.map(({ steps }) => steps.at(-1)?.at)).size).toBeGreaterThan(1);
    expect(new Set(lives.map(({ providerRef }) => providerRef)).size).toBe(1);
  });

  it('approves only a part where the scenario says so, at least one unit', () => {
    const part = take(new Book(), request({ play: 'partial:30', amountMinor: 1_001n }));
    expect([part.approvedMinor, part.feeMinor]).toEqual([300n, 8n]);
    expect(take(new Book(), request({ play: 'partial:1', amountMinor: 5n })).approvedMinor).toBe(1n);
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
      apply(book, decision.accepted ? decision.events : []);
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
    expect(statuses(planned('pending_decline:lost_card'))).toEqual(['pending', 'declined']);
    expect([statuses(planned('pending_forever')), sent(planned('pending_forever'))]).toEqual([
      ['pending'],
      [],
    ]);
    expect(planned('pending_approve:90000').steps[1]?.at).toBe('2025-10-09T08:01:30.000Z');
    expect(statuses(planned('challenge'))).toEqual(['pending', 'declined']);
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

describe('flaws of webhooks', () => {
  const flaws = (play: string) =>
    take(new Book(), request({ play })).deliveries.map(({ id, eventId, flaw, dueAt }) => ({
      ...{ id, eventId, flaw, dueAt },
    }));

  it.each(['bad_signature', 'old_time', 'future_time', 'boundary_shift', 'huge', 'unsigned_field'])(
    '%s stands in place of the true webhook',
    (flaw) => expect(flaws(`webhook=${flaw}`)).toMatchObject([{ flaw }]),
  );

  it('unknown_type comes before it with an id of its own, other_content after it with the same', () => {
    const [truth, unknown] = flaws('webhook=unknown_type');
    expect([truth?.flaw, unknown?.flaw]).toEqual([null, 'unknown_type']);
    expect(unknown?.eventId).not.toBe(truth?.eventId);
    const [first, other] = flaws('webhook=other_content');
    expect([first?.flaw, other?.flaw, other?.eventId]).toEqual([null, 'other_content', first?.eventId]);
    expect((other?.dueAt ?? '') > (first?.dueAt ?? '')).toBe(true);
  });

  it('batch:3 takes the two operations before it along', () => {
    const book = new Book();
    for (const operationId of ['op_1', 'op_2', 'op_3']) take(book, request({ operationId }));
    const { deliveries } = take(book, request({ operationId: 'op_4', play: 'webhook=batch:3' }));
    expect(deliveries).toMatchObject([{ companions: ['op_3', 'op_2'] }]);
  });
});

describe('a report fault of the scenario', () => {
  it('comes with the operation; extra is about another that nobody made', () => {
    const book = new Book();
    take(book, request({ play: 'report=late' }));
    take(book, request({ operationId: 'op_2', play: 'report=extra' }));
    take(book, request({ operationId: 'op_3' }));
    expect(book.faultsOf('c_one')).toMatchObject([{ kind: 'late', operationId: 'op_1' }, { kind: 'extra' }]);
    expect(book.faultsOf('c_one').map(({ operationId }) => operationId)).not.toContain('op_2');
  });
});

describe('partial_batch', () => {
  it('fails about so many in a hundred, always the same ones', () => {
    const failed = (seed: string) =>
      Array.from({ length: 200 }, (_, n) =>
        take(
          new Book(),
          request({ kind: 'payout', operationId: `op_${n}`, play: 'payout=partial_batch:30' }),
          0,
          seed,
        ),
      ).filter((operation) => finalStep(operation).status === 'failed');
    expect(failed('one').length).toBeGreaterThan(35);
    expect(failed('one').length).toBeLessThan(85);
    expect(failed('one')).toEqual(failed('one'));
  });
});

it('a line of the first version of the journal is read as it was meant', () => {
  const event = readEvent(
    JSON.stringify({
      type: 'OperationTaken',
      operation: {
        ...{ operationId: 'op_1', connectionId: 'c_one', kind: 'refund', amountMinor: '5', feeMinor: '0' },
        ...{ charge: 'mp_ch_1', deliveries: [{ id: 'evt_1.0', badSignature: true }], steps: [] },
      },
    }),
  );
  expect(event).toMatchObject({
    operation: { parent: 'mp_ch_1', approvedMinor: 5n, deliveries: [{ flaw: 'bad_signature' }] },
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
