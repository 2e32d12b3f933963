import { operationKinds, type OperationKind } from '../operations/operation.js';
import { declineCodes } from './decline-codes.js';
import type { Scenario, WebhookPlay } from './scenario.js';

export type Axis = 'outcome' | 'answer' | 'webhook' | 'payout' | 'report';

/** What follows the colon of a word. With a default it may be left out. */
export interface Parameter {
  readonly name: string;
  readonly isValid: (given: string) => boolean;
  /** Completes "must be …". */
  readonly expected: string;
  readonly fallback: string;
}

/** A part of a scenario: one axis, or one trait of the webhooks. */
export interface Play extends Partial<Pick<Scenario, 'outcome' | 'answer' | 'report'>> {
  readonly webhook?: Partial<WebhookPlay>;
}

export interface ScenarioRow {
  readonly axis: Axis;
  readonly word: string;
  /** Two words of one trait contradict each other. */
  readonly trait: string;
  readonly kinds: readonly OperationKind[];
  readonly parameter?: Parameter;
  /**
   * Amounts that end in these two digits play it (with the parameter's default), and so does the test IBAN
   * whose account number ends in them, unless something else names a scenario.
   */
  readonly ending?: string;
  readonly meaning: string;
  readonly play: (parameter: string) => Play;
}

export const every: readonly OperationKind[] = operationKinds;
export const paying: readonly OperationKind[] = ['charge', 'authorize'];
/** Those that move money, and so stand in a settlement file. */
export const moving: readonly OperationKind[] = ['charge', 'capture', 'refund', 'payout'];

/** A reason of the vocabulary. */
export const code = (fallback: string): Parameter => ({
  name: 'code',
  isValid: (given) => declineCodes.has(given),
  expected: `one of ${[...declineCodes.keys()].join(', ')}`,
  fallback,
});

/** A whole number between two bounds. */
export const whole = (name: string, [min, max]: readonly [number, number], fallback: number): Parameter => ({
  name,
  isValid: (given) => /^(?:0|[1-9][0-9]{0,9})$/.test(given) && wholeOf(given) >= min && wholeOf(given) <= max,
  expected: `a whole number from ${min} to ${max}`,
  fallback: String(fallback),
});

export const milliseconds = (fallback: number): Parameter => whole('ms', [0, 9_999_999], fallback);

export function wholeOf(digits: string): number {
  return Number.parseInt(digits, 10);
}
