import type { Decision } from './decision.js';
import { describeValue, lineDifference } from './difference.js';

/**
 * A decider's three parts. `initial` is the state before the first event, or makes it where `evolve` changes
 * it.
 */
export interface Decider<Command, State, Event, Refusal> {
  readonly decide: (command: Command, state: State) => Decision<Event, Refusal>;
  readonly evolve: (state: State, event: Event) => State;
  readonly initial: State | (() => State);
}

/**
 * The outcome of a specified case. Each throws an Error with a readable difference when the decision is
 * another.
 */
export interface Outcome<Event, Refusal> {
  /** Accepted with exactly these events, in this order. */
  thenAccepted(...events: readonly Event[]): void;
  /** Refused with exactly this refusal, its data included. */
  thenRefused(refusal: Refusal): void;
}

/** Cases over a decider: a history, a command, an expectation. */
export interface Specification<Command, Event, Refusal> {
  given(...history: readonly Event[]): { when(command: Command): Outcome<Event, Refusal> };
}

/**
 * Tests of a decider as histories, for any test runner:
 * `const { given } = specify(payout); given(requested).when(approve).thenRefused({ code:
 * 'approver-is-requester' })`.
 */
export const specify = <Command, State, Event, Refusal>(
  decider: Decider<Command, State, Event, Refusal>,
): Specification<Command, Event, Refusal> => ({
  given: (...history) => ({
    when: (command) => {
      const state = history.reduce(decider.evolve, initialOf(decider.initial));
      return outcome(decider.decide(command, state));
    },
  }),
});

const initialOf = <State>(initial: State | (() => State)): State =>
  typeof initial === 'function' ? (initial as () => State)() : initial;

const outcome = <Event, Refusal>(actual: Decision<Event, Refusal>): Outcome<Event, Refusal> => ({
  thenAccepted: (...events) => assertSame({ accepted: true, events }, actual),
  thenRefused: (refusal) => assertSame({ accepted: false, refusal }, actual),
});

const assertSame = (expected: unknown, actual: unknown): void => {
  const expectedText = describeValue(expected);
  const actualText = describeValue(actual);
  if (expectedText === actualText) return;
  throw new Error(`the decision differs (- expected, + actual)\n${lineDifference(expectedText, actualText)}`);
};
