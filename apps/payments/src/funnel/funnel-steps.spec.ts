import { describe, expect, it } from '@jest/globals';
import { methodClassOf } from './funnel-steps.js';

describe('the class of a payment method', () => {
  it.each([
    ['tok_visa', 'card'],
    ['pm_1NXoABC', 'card'],
    ['pm_card_visa_chargeDeclined', 'card'],
    ['TR33 0006 1005 1978 6457 8413 26', 'bank'],
    ['DE89370400440532013000', 'bank'],
    ['ba_1NXo', 'other'],
    ['customer-42@example.org', 'other'],
    [null, 'none'],
  ])('%j: %s', (instrument, method) => expect(methodClassOf(instrument)).toBe(method));
});
