import { describe, expect, it } from '@jest/globals';
import { choosesType, isEventPattern, isEventType, snakeCase } from './index.js';

describe('a pattern', () => {
  it.each([
    ['payout.paid', 'payout.paid', true],
    ['payout.paid', 'payout.paid_late', false],
    ['payout.*', 'payout.paid', true],
    ['payout.*', 'payout.a.b', true],
    ['payout.*', 'payouts.paid', false],
    ['payout.*', 'payout', false],
    ['*', 'ledger.hold_posted', true],
  ])('%s chooses %s: %s', (pattern, type, chosen) => expect(choosesType([pattern], type)).toBe(chosen));

  it('is one of several', () => expect(choosesType(['a.b', 'payout.*'], 'payout.paid')).toBe(true));

  it.each(['*', 'payout.*', 'a.b.*', 'payout.paid', 'payment_intent.succeeded'])('%j can be given', (text) =>
    expect(isEventPattern(text)).toBe(true),
  );

  it.each([
    '',
    'payout',
    '*.paid',
    'payout*',
    'payout.*.x',
    'Payout.paid',
    'payout..paid',
    'a.b\n',
    '.*',
    '**',
  ])('%j is refused', (text) => expect(isEventPattern(text)).toBe(false));

  it('of more than 100 characters is refused', () => {
    expect(isEventPattern(`${'a'.repeat(98)}.*`)).toBe(true);
    expect(isEventPattern(`${'a'.repeat(99)}.*`)).toBe(false);
  });
});

it('a type has no star', () => {
  expect(isEventType('payout.paid')).toBe(true);
  expect(isEventType('payout.*')).toBe(false);
});

it.each([
  ['PaymentIntent', 'payment_intent'],
  ['Payout', 'payout'],
  ['SecondCaptureSeen', 'second_capture_seen'],
])('%s is written %s', (name, written) => expect(snakeCase(name)).toBe(written));
