import { describe, expect, it } from '@jest/globals';
import { LedgerWriter, type Stages } from './ledger-writer.js';
import type { Group, Outcome } from './submission.js';

const group: Group = {
  submissions: [{ command: { type: 'VoidHold', hold: { id: 1 } } }],
  mode: 'continue',
  dryRun: false,
};
const outcome: Outcome = { accepted: false, hit: false, refusal: { code: 'not-executed' } };
const hops = async (count: number): Promise<void> => {
  for (let hop = 0; hop < count; hop++) await Promise.resolve();
};

const stages = (more: Partial<Stages<number>> = {}): Stages<number> => ({
  prepare: () => Promise.resolve(1),
  write: (groups) => Promise.resolve(groups.map(() => [outcome])),
  ...more,
});

describe('the group commit of a ledger', () => {
  it('takes what comes at any moment around the end of a batch', async () => {
    const writer = new LedgerWriter(stages(), 100);
    for (let wait = 0; wait < 40; wait++) {
      await writer.submit(group);
      await hops(wait);
    }
    expect(writer.waiting).toBe(0);
  });

  it('decides a batch while the one before is written, and writes in order', async () => {
    const steps: string[] = [];
    const open: (() => void)[] = [];
    const writer = new LedgerWriter<number>(
      stages({
        prepare: (groups) => {
          steps.push(`decide ${groups.length}`);
          return Promise.resolve(1);
        },
        write: async (groups) => {
          steps.push(`write ${groups.length}`);
          await new Promise<void>((resolve) => open.push(resolve));
          return groups.map(() => [outcome]);
        },
      }),
      100,
      { commands: 100, postings: 100, overlap: 2 },
    );
    const first = writer.submit(group);
    await hops(10);
    const others = [writer.submit(group), writer.submit(group)];
    await hops(10);
    expect(steps).toEqual(['decide 1', 'write 1', 'decide 2']);
    open[0]?.();
    await first;
    await hops(10);
    expect(steps).toEqual(['decide 1', 'write 1', 'decide 2', 'write 2']);
    open[1]?.();
    await Promise.all(others);
  });

  it('refuses what is too much to wait, and takes a single large group all the same', async () => {
    const writer = new LedgerWriter(stages(), 1);
    const large = { ...group, submissions: [...group.submissions, ...group.submissions] };
    const answers = await Promise.allSettled([writer.submit(large), writer.submit(group)]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });

  it('commits the others when one of a batch cannot be decided', async () => {
    const bad: Group = { ...group, submissions: [] };
    const write: Stages<number>['write'] = (groups, prepared) =>
      groups.some(({ submissions }) => submissions.length === 0)
        ? Promise.reject(new Error('a bug'))
        : Promise.resolve(groups.map(() => [outcome, ...(prepared === undefined ? [] : [outcome])]));
    const writer = new LedgerWriter(
      stages({ prepare: () => Promise.reject(new Error('a bug')), write }),
      100,
    );
    const answers = await Promise.allSettled([group, bad, group].map((each) => writer.submit(each)));
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});
