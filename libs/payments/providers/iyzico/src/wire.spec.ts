import { describe, expect, it } from '@jest/globals';
import { readAnswer, toDecimal, toMoney } from './wire.js';

describe('an amount of iyzico', () => {
  it.each([
    ['1', 100n],
    ['1.5', 150n],
    ['10.80', 1_080n],
    ['1.50000000', 150n],
    ['1.00000000', 100n],
    ['0.10', 10n],
    ['1.005', undefined],
    ['1,5', undefined],
    ['-1', undefined],
    ['1e3', undefined],
    ['', undefined],
  ])('%s is %s', (text, minor) => expect(toMoney(text, 'TRY')?.amountMinor).toBe(minor));

  it('goes out with two decimals', () => {
    expect([toDecimal(1n), toDecimal(1_080n), toDecimal(10n ** 20n)]).toEqual([
      ...['0.01', '10.80', '1000000000000000000.00'],
    ]);
  });
});

describe('an answer of iyzico', () => {
  const answer = (status: number, body: object) =>
    readAnswer({ outcome: 'answered', status, headers: {}, body: Buffer.from(JSON.stringify(body)) }).word;
  it('is a refusal only with a code of theirs that is not their own failure', () => {
    expect(answer(200, { status: 'failure', errorCode: '10051' })).toBe('failure');
    expect(answer(422, { status: 'failure', errorCode: '10051' })).toBe('failure');
    expect(answer(200, { status: 'failure', errorCode: '1' })).toBe('unclear');
    expect(answer(500, { status: 'failure', errorCode: '10051' })).toBe('unclear');
    expect(answer(200, { status: 'failure' })).toBe('unclear');
    expect(answer(500, { status: 'success' })).toBe('unclear');
  });
});
