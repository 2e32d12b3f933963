import type { IntentStatus } from './intent.js';
import type { Machine } from './machine.js';

/** What moves an intent: commands of people, and the best result that its operations have. */
export type IntentTrigger =
  | 'attempt started'
  | 'attempt failed'
  | 'attempt unknown'
  | 'attempt pending'
  | 'attempt captured'
  | 'canceled by caller';

/**
 * `processing` covers sending, errored and pending attempts. `canceled → succeeded` is the late edge: the
 * provider
 * captured a failed attempt after all. The states between `requires_confirmation` and `partially_captured`
 * that no
 * edge reaches yet are part of the contract; separate authorisation and capture will lead there.
 */
export const intentMachine: Machine<IntentStatus, IntentTrigger> = {
  name: 'payment intent',
  initial: 'requires_payment_method',
  final: ['succeeded', 'canceled'],
  edges: {
    requires_payment_method: {
      'attempt started': 'processing',
      'canceled by caller': 'canceled',
      'attempt captured': 'succeeded',
    },
    requires_confirmation: {},
    requires_action: {},
    processing: {
      'attempt unknown': 'unknown',
      'attempt failed': 'requires_payment_method',
      'attempt captured': 'succeeded',
    },
    unknown: {
      'attempt pending': 'processing',
      'attempt failed': 'requires_payment_method',
      'attempt captured': 'succeeded',
    },
    requires_capture: {},
    partially_captured: {},
    succeeded: {},
    canceled: { 'attempt captured': 'succeeded' },
  },
};
