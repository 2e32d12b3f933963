import { describe, expect, it } from '@jest/globals';
import { type CreateTransaction, LedgerState } from '@defter/ledger-domain';
import { BatchDraft } from './draft.js';
import type { Group } from './submission.js';

const AT = '2026-03-01T10:00:00.000000Z';

const create = (destination: string, asset: string): CreateTransaction => ({
  type: 'CreateTransaction',
  postings: [{ source: 'world', destination, asset, amount: 5n }],
  metadata: {},
  pending: false,
  force: false,
});
const group = (commands: CreateTransaction[], members: Partial<Group> = {}): Group => ({
  submissions: commands.map((command) => ({ command })),
  mode: 'continue',
  dryRun: false,
  ...members,
});
const draftOf = () =>
  new BatchDraft(
    new LedgerState({ strict: false, accountTypes: [] }, 0),
    [],
    { sequence: 10, latestEffectiveAt: null },
    AT,
  );

describe('a batch', () => {
  it('keeps a new account when a dry run or a rolled-back bulk behind it names it, too', () => {
    const draft = draftOf();
    draft.decideGroup(group([create('users:1', 'TRY/2')]));
    draft.decideGroup(group([create('users:1', 'USD/2')], { dryRun: true }));
    const refused = {
      ...create('x', 'TRY/2'),
      postings: [{ source: 'none', destination: 'x', asset: 'TRY/2', amount: 1n }],
    };
    draft.decideGroup(group([create('users:1', 'EUR/2'), refused], { mode: 'atomic' }));
    expect([...draft.newAccounts]).toEqual([
      ['world', 11],
      ['users:1', 11],
    ]);
    expect(draft.events.map(({ sequence }) => sequence)).toEqual([11]);
  });

  it('numbers on without a gap after what was taken back', () => {
    const draft = draftOf();
    draft.decideGroup(group([create('a', 'X'), create('b', 'X')], { dryRun: true }));
    const [outcome] = draft.decideGroup(group([create('c', 'X')]));
    expect(outcome).toMatchObject({
      accepted: true,
      record: { sequence: 11, event: { transaction: { id: 1 } } },
    });
    expect([...draft.newAccounts.keys()]).toEqual(['world', 'c']);
  });
});
