import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Writers } from './engine/writers.js';
import { type Answer, TestLedger } from './ledger.fixture.js';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await TestLedger.start({ replicas: 2 });
  await ledger.open('main');
});
afterAll(() => ledger.stop());

const TRANSACTIONS = 1_000;
const AT_ONCE = 100;

const numbers = (count: number, first = 0) => Array.from({ length: count }, (_, index) => first + index);
const codeOf = ({ status, body }: Answer): string =>
  `${status} ${(body as { code?: string }).code ?? 'accepted'}`;

const tally = (answers: readonly Answer[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const answer of answers) counts[codeOf(answer)] = (counts[codeOf(answer)] ?? 0) + 1;
  return counts;
};

describe('two replicas at once', () => {
  it('1,000 transactions reverted twice each: 1,000 succeed, 1,000 are refused, sums are 0', async () => {
    const elements = numbers(TRANSACTIONS).map((index) => ({
      action: 'CREATE_TRANSACTION',
      data: {
        postings: [{ source: 'world', destination: `twice:${index}`, amount: index, asset: 'TRY/2' }],
      },
    }));
    const made = await ledger.call('POST', '/v2/main/_bulk?atomic=true', { body: elements });
    const { data } = made.body as { data: { data: { id: number } }[] };
    const answers: Answer[] = [];
    for (let first = 0; first < TRANSACTIONS; first += AT_ONCE) {
      const ids = data.slice(first, first + AT_ONCE).map((each) => each.data.id);
      // The fixture takes the replicas in turn: the two reversals of a transaction meet.
      const both = ids.flatMap((id) => [id, id]);
      answers.push(
        ...(await Promise.all(both.map((id) => ledger.call('POST', `/v2/main/transactions/${id}/revert`)))),
      );
    }
    expect(tally(answers)).toEqual({ '201 accepted': TRANSACTIONS, '400 already-reverted': TRANSACTIONS });
    const [totals] = await ledger.database.database.query<{ moved: string; left: string; reverts: string }>(
      `select sum(input - output)::text as moved, sum(abs(input - output))::text as left,
        (select count(*)::text from transaction where reverts is not null) as reverts from balance`,
    );
    expect(totals).toEqual({ moved: '0', left: '0', reverts: `${TRANSACTIONS}` });
  });

  it('a capture that meets the expiry has one winner, and each side hears which', async () => {
    const [row] = await ledger.database.database.query<{ id: number }>(
      `select ledger_id as id from ledger where name = 'main'`,
    );
    const writers = ledger.replicas[0]?.get(Writers);
    const [ledgerId, rounds] = [row?.id ?? 0, 60];
    const expire = async (id: number): Promise<boolean> => {
      for (;;) {
        const submissions = [{ command: { type: 'ExpireHold' as const, hold: { id } } }];
        const outcomes = await writers?.submit(ledgerId, { submissions, mode: 'continue', dryRun: false });
        const [outcome] = outcomes ?? [];
        if (outcome?.accepted !== false) return true;
        if (outcome.refusal.code !== 'hold-not-due') return false;
        await sleep(5);
      }
    };
    const round = async (index: number): Promise<'captured' | 'expired'> => {
      // Long enough that a busy machine is early for some of them.
      const members = { status: 'pending', expiresIn: 3 };
      const hold = await ledger.transfer('main', { from: 'world', to: 'shop', amount: 7 }, { members });
      const { id, expiresAt } = (hold.body as { data: { id: number; expiresAt: string } }).data;
      const capture = async () => {
        // From well before the deadline to just behind it.
        await sleep(Math.max(0, Date.parse(expiresAt) - Date.now() - (rounds - index) * 40 + 60));
        return ledger.call('POST', `/v2/main/transactions/${id}/post`, { body: {} });
      };
      const [expired, answer] = await Promise.all([expire(id), capture()]);
      expect(codeOf(answer)).toBe(expired ? '409 hold-expired' : '200 accepted');
      return expired ? 'expired' : 'captured';
    };
    const winners = await Promise.all(numbers(rounds).map(round));
    expect(new Set(winners)).toEqual(new Set(['captured', 'expired']));
    const kinds = await ledger.database.database.query<{ type: string; count: string }>(
      `select type, count(*)::text as count from event where type like 'Hold%' group by type`,
    );
    const count = (winner: string) => `${winners.filter((each) => each === winner).length}`;
    expect(new Map(kinds.map(({ type, count }) => [type, count]))).toEqual(
      new Map([
        ['HoldPosted', count('captured')],
        ['HoldExpired', count('expired')],
      ]),
    );
  });
});
