import { describe, expect, it } from '@jest/globals';
import { canonicalCommand, type CreateTransaction } from './command.js';
import { decide } from './ledger.decider.js';
import { evolve } from './ledger.evolve.js';
import { type LedgerSettings, LedgerState } from './ledger-state.js';
import type { Script, ScriptFunds } from './script.js';

const AT = '2026-11-21T10:00:00.000000Z';
const TRY = 'TRY/2';

/** A script that sends all that `from` can give: the way every language draws on the funds. */
const sweep = (from: string, seen: ScriptFunds[] = []): Script => ({
  balances: [
    [from, TRY],
    ['till', TRY],
  ],
  mostPostings: 1,
  run: (funds) => {
    seen.push(funds);
    const amount = funds.available(from, TRY) - (funds.floor(from) ?? 0n);
    return { moved: true, movements: amount > 0n ? [posting(from, 'till', amount)] : [] };
  },
  canonical: `sweep ${from}`,
});

const posting = (source: string, destination: string, amount: bigint) => ({
  source,
  destination,
  asset: TRY,
  amount,
});

const scripted = (script: Script, more: Partial<CreateTransaction> = {}): CreateTransaction => ({
  type: 'CreateTransaction',
  postings: [],
  script,
  metadata: {},
  pending: false,
  force: false,
  ...more,
});

const ledger = (settings: Partial<LedgerSettings> = {}): LedgerState => {
  const state = new LedgerState({ strict: false, accountTypes: [], ...settings }, 0);
  state.setBalance('a', TRY, { input: 70n, output: 0n, pendingIn: 0n, pendingOut: 0n });
  return state;
};

const codeOf = (command: CreateTransaction, state: LedgerState): string => {
  const decision = decide(command, state, AT);
  return decision.accepted ? 'accepted' : decision.refusal.code;
};

describe('a transaction by script', () => {
  it('is the transaction of its postings', () => {
    const decision = decide(scripted(sweep('a'), { metadata: { k: 'v' } }), ledger(), AT);
    expect(decision).toMatchObject({
      accepted: true,
      events: [
        {
          type: 'TransactionCreated',
          transaction: { id: 1, postings: [posting('a', 'till', 70n)], metadata: { k: 'v' } },
        },
      ],
    });
    expect(
      JSON.stringify(decision, (_, value: unknown) => (typeof value === 'bigint' ? 0 : value)),
    ).not.toMatch(/sweep/);
  });

  it('is told from others by what its script says', () => {
    const text = (from: string) => canonicalCommand(scripted(sweep(from)));
    expect(text('a')).toBe(text('a'));
    expect(text('a')).not.toBe(text('b'));
  });

  it('is refused when there is nothing to move', () => {
    expect(codeOf(scripted(sweep('empty')), ledger())).toBe('script-moves-nothing');
  });

  it('meets every earlier reason first, whether or not it finds money', () => {
    const closed = {
      accountTypes: [{ pattern: 'till', overdraft: 0n, closed: true, normalSide: 'credit' as const }],
    };
    for (const from of ['a', 'empty']) {
      expect(codeOf(scripted(sweep(from)), ledger(closed))).toBe('account-closed');
      expect(codeOf(scripted(sweep(from)), ledger({ closed: true }))).toBe('ledger-closed');
      const condition = { account: 'a', asset: TRY, balance: 'available', op: 'gte', amount: 71n } as const;
      expect(codeOf(scripted(sweep(from), { conditions: [condition] }), ledger())).toBe('condition-failed');
    }
  });

  it('is told the floor of the account type, unless nothing is enforced', () => {
    const settings = {
      accountTypes: [{ pattern: 'a', overdraft: 30n, closed: false, normalSide: 'credit' as const }],
    };
    const floorOf = (more: Partial<CreateTransaction>, state: LedgerState): bigint | null | undefined => {
      const seen: ScriptFunds[] = [];
      decide(scripted(sweep('a', seen), more), state, AT);
      return seen[0]?.floor('a');
    };
    expect(floorOf({}, ledger(settings))).toBe(-30n);
    expect(floorOf({}, ledger())).toBe(0n);
    expect(floorOf({ force: true }, ledger(settings))).toBeNull();
    expect(floorOf({}, ledger({ ...settings, mode: 'shadow' }))).toBeNull();
  });

  it('sees what is held as gone, and what a hold announces as not there', () => {
    const state = ledger();
    const hold = decide({ ...scripted(sweep('a')), pending: true }, state, AT);
    if (!hold.accepted) throw new Error(hold.refusal.code);
    for (const event of hold.events) evolve(state, event);
    const seen: ScriptFunds[] = [];
    decide(scripted(sweep('a', seen)), state, AT);
    decide(scripted(sweep('a', seen), { pending: true }), state, AT);
    expect(seen.map(({ arrives }) => arrives)).toEqual([true, false]);
    expect([seen[0]?.available('a', TRY), seen[0]?.available('till', TRY)]).toEqual([0n, 0n]);
  });
});
