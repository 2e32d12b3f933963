import { expect, it } from '@jest/globals';
import { isTestPaymentMethod } from './index.js';

it.each(['tok_visa', 'tok_decline_do_not_honor', 'pm_card_visa', 'TR33 0006 1005 1978 6457 8413 26'])(
  '%s is for tests only',
  (instrument) => expect(isTestPaymentMethod(instrument)).toBe(true),
);

it.each([
  'tok_1N3T00LkdIwHu7ixt44h1F8k',
  'pm_1MqLiJLkdIwHu7ixUEgbFdYF',
  'TR560006100519786457841327',
  'card_x',
])('%s may be somebody’s', (instrument) => expect(isTestPaymentMethod(instrument)).toBe(false));
