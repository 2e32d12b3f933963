import { describe, expect, it } from '@jest/globals';
import { Book } from '../book/book.js';
import { type Operation, stepAt } from '../operations/operation.js';
import { parseScenario } from '../scenarios/scenarios.js';
import { plainScenario } from '../scenarios/scenario.js';
import { apply, request, start, take } from '../testing/taking.js';
import { decideChallenge } from './answer-challenge.decider.js';

const minutes = 60_000;
const answered = (book: Book, answer: 'approve' | 'decline', afterMs: number, play = 'challenge') => {
  const parsed = parseScenario('charge', play);
  const scenario = parsed.accepted ? parsed.scenario : plainScenario;
  const operation = book.find('c_one', 'op_1') as Operation;
  return decideChallenge({ answer, scenario, seed: 'one', at: new Date(start + afterMs) }, operation);
};
const statusAt = (book: Book, afterMs: number) =>
  stepAt(book.find('c_one', 'op_1') as Operation, new Date(start + afterMs));

describe('a challenge', () => {
  it('is over after 15 minutes without an answer', () => {
    const book = new Book();
    take(book, request({ play: 'challenge' }));
    expect(statusAt(book, 15 * minutes - 1).status).toBe('pending');
    expect(statusAt(book, 15 * minutes)).toMatchObject({
      status: 'declined',
      declineCode: 'authentication_abandoned',
    });
    expect(answered(book, 'approve', 15 * minutes)).toMatchObject({
      refusal: { code: 'challenge-over', status: 'declined' },
    });
    expect(answered(book, 'approve', 15 * minutes - 1)).toMatchObject({ accepted: true });
  });

  it.each(['approve', 'decline'] as const)(
    '%s settles it once, and its old webhook is never sent',
    (answer) => {
      const book = new Book();
      take(book, request({ play: 'challenge,webhook=duplicate:2' }));
      const before = [...book.openDeliveries()].map(({ delivery }) => delivery.id);
      const decision = answered(book, answer, minutes, 'challenge,webhook=duplicate:2');
      apply(book, decision.accepted ? decision.events : []);
      const status = answer === 'approve' ? 'succeeded' : 'declined';
      expect(statusAt(book, minutes).status).toBe(status);
      expect(statusAt(book, 16 * minutes).status).toBe(status);
      const after = [...book.openDeliveries()].map(({ delivery }) => delivery);
      expect(after.filter(({ id }) => before.includes(id))).toEqual([]);
      expect(after.map(({ dueAt }) => dueAt.slice(0, 16))).toEqual(Array(3).fill('2025-10-09T08:01'));
      for (const again of ['approve', 'decline'] as const)
        expect(answered(book, again, 2 * minutes)).toMatchObject({
          refusal: { code: 'challenge-over', status },
        });
    },
  );
});
