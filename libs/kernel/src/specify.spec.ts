import { describe, expect, it } from '@jest/globals';
import { accept, assertNever, refuse, specify, TRY, type Decision, type Money } from './index.js';

type Event = { readonly type: 'Deposited' | 'Withdrawn'; readonly amount: Money };
type Command = { readonly type: 'Withdraw'; readonly amount: Money };
type Refusal = { readonly code: 'insufficient-funds'; readonly shortBy: Money };

const deposited = (amount: Money): Event => ({ type: 'Deposited', amount });
const withdrawn = (amount: Money): Event => ({ type: 'Withdrawn', amount });
const withdraw = (amount: Money): Command => ({ type: 'Withdraw', amount });

const decide = ({ amount }: Command, balance: bigint): Decision<Event, Refusal> => {
  if (amount.amount > balance)
    return refuse({ code: 'insufficient-funds', shortBy: TRY(amount.amount - balance) });
  return accept(withdrawn(amount));
};
const evolve = (balance: bigint, { type, amount }: Event): bigint =>
  type === 'Deposited' ? balance + amount.amount : balance - amount.amount;
const { given } = specify({ decide, evolve, initial: 0n });

describe('specify', () => {
  it('passes when the outcome is the expected one', () => {
    given(deposited(TRY(1000n)))
      .when(withdraw(TRY(1000n)))
      .thenAccepted(withdrawn(TRY(1000n)));
    given(deposited(TRY(1000n)), withdrawn(TRY(400n)))
      .when(withdraw(TRY(601n)))
      .thenRefused({ code: 'insufficient-funds', shortBy: TRY(1n) });
  });

  it('shows what differs, by one unit of a bigint too', () =>
    expect(() =>
      given()
        .when(withdraw(TRY(5n)))
        .thenRefused({ code: 'insufficient-funds', shortBy: TRY(4n) }),
    ).toThrow(
      ['      amount: 4n,', '      amount: 5n,']
        .map((line, index) => (index === 0 ? '- ' : '+ ') + line)
        .join('\n'),
    ));

  it.each([
    [
      'an acceptance expected of a refusal',
      () =>
        given()
          .when(withdraw(TRY(1n)))
          .thenAccepted(withdrawn(TRY(1n))),
    ],
    [
      'a missing event',
      () =>
        given(deposited(TRY(1n)))
          .when(withdraw(TRY(1n)))
          .thenAccepted(),
    ],
    [
      'an event too many',
      () =>
        given(deposited(TRY(1n)))
          .when(withdraw(TRY(1n)))
          .thenAccepted(withdrawn(TRY(1n)), withdrawn(TRY(1n))),
    ],
  ])('fails on %s', (_, check) => expect(check).toThrow('the decision differs'));

  it('takes an initial state that is made anew for each case', () => {
    const counting = specify({
      decide: (
        _: 'count',
        state: { events: number },
      ): Decision<'counted', { code: 'seen'; events: number }> =>
        refuse({ code: 'seen', events: state.events }),
      evolve: (state, _event: 'counted') => {
        state.events += 1;
        return state;
      },
      initial: () => ({ events: 0 }),
    });
    for (let run = 0; run < 2; run += 1) {
      counting.given('counted').when('count').thenRefused({ code: 'seen', events: 1 });
    }
  });
});

describe('assertNever', () => {
  it('crashes: a case that the compiler believed impossible is a bug', () =>
    expect(() => assertNever('surprise' as never)).toThrow('unexpected case: surprise'));
});
