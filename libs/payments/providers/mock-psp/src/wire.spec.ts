import { describe, expect, it } from '@jest/globals';
import { readOperation, toResult } from './wire.js';

const wire = (over: object = {}) => ({
  ...{ id: 'mp_ch_1', operation_id: 'op_1', kind: 'charge', status: 'pending', amount: '5', fee: '0' },
  ...{ currency: 'TRY' },
  ...over,
});
const resultOf = (over: object) => {
  const operation = readOperation(wire(over));
  return operation && toResult(operation);
};
const url = 'https://pay.example/challenge/ch3_1';

describe('the payer’s next step', () => {
  it('is handed on while the operation is pending, and only then', () => {
    const next_action = { type: 'redirect', url };
    expect(resultOf({ next_action })).toMatchObject({ nextAction: { type: 'redirect', url } });
    expect(resultOf({ next_action, status: 'succeeded' })).not.toHaveProperty('nextAction');
    expect(resultOf({})).not.toHaveProperty('nextAction');
  });

  it.each([
    ['another type', { type: 'popup', url }],
    ['no address', { type: 'redirect' }],
    ['a script', { type: 'redirect', url: 'javascript:alert(1)' }],
    ['a path', { type: 'redirect', url: '/challenge/ch3_1' }],
    ['text', url],
    ['nothing', null],
  ])('that a browser can’t follow is none, and the operation is read all the same: %s', (_, next_action) => {
    expect(resultOf({ next_action })).toMatchObject({ result: 'pending', providerRef: 'mp_ch_1' });
    expect(resultOf({ next_action })).not.toHaveProperty('nextAction');
  });
});

describe('a status', () => {
  it.each([
    ['opened', 'pending'],
    ['evidence', 'pending'],
    ['lost', 'succeeded'],
    ['won', 'failed'],
  ])('%s of a dispute is a chargeback that is %s', (status, result) => {
    expect(readOperation(wire({ kind: 'dispute', status }))).toMatchObject({
      kind: 'chargeback',
      status: result,
    });
  });

  it('that nobody knows is refused, also one that every object has', () => {
    for (const status of ['settled', 'toString', '__proto__', ''])
      expect(readOperation(wire({ status }))).toBeUndefined();
    expect(readOperation(wire({ kind: 'constructor' }))).toBeUndefined();
  });
});
