import fc from 'fast-check';
import {
  decideIntent,
  evolveIntent,
  type IntentCommand,
  type IntentEvent,
  type PaymentIntent,
} from '../index.js';

/** The state after a command that has to be accepted. */
export const apply = (intent: PaymentIntent, command: IntentCommand): PaymentIntent => {
  const decision = decideIntent(command, intent);
  if (!decision.accepted) throw new Error(`${command.type}: ${decision.refusal.code}`);
  return decision.events.reduce(evolveIntent, intent);
};

export const replay = (events: readonly IntentEvent[], from: PaymentIntent): PaymentIntent =>
  events.reduce(evolveIntent, from);

/** Every list of at most `length` of these, in every order, with repetitions. */
export const listsOf = <T>(alphabet: readonly T[], length: number): readonly (readonly T[])[] => {
  if (length === 0) return [[]];
  const shorter = listsOf(alphabet, length - 1);
  const longest = shorter.filter((list) => list.length === length - 1);
  return [...shorter, ...longest.flatMap((list) => alphabet.map((last) => [...list, last]))];
};

/** Up to eight observations, and the same ones in another order with repetitions. */
export const twoTellings = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<[readonly T[], readonly T[]]> =>
  fc.array(one, { minLength: 1, maxLength: 8 }).chain((all) =>
    fc.tuple(
      fc.constant(all),
      fc
        .array(fc.constantFrom(...all), { maxLength: 12 })
        .chain((more) => fc.shuffledSubarray([...all, ...more], { minLength: all.length + more.length })),
    ),
  );
