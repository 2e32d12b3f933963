import { Injectable } from '@nestjs/common';
import { AccountReader, type BalanceRow } from '../accounts/account.read.js';
import { hasAny } from './history.wire.js';
import type { Span } from './list-time.wire.js';
import { justBefore } from './place.js';
import { type Clock, FOREVER, VolumesAt } from './volumes-at.read.js';

/** The next balances of a list, from behind one of them. */
export type ReadBalances = (after: BalanceRow | undefined, limit: number) => Promise<readonly BalanceRow[]>;

/** A time to look at, by one of the clocks; without `at`, as it stands now. */
export interface LookAt {
  readonly at: string | undefined;
  readonly clock: Clock;
}

/** Balances at a past time, in the form in which those of today are read. */
@Injectable()
export class BalancesAt {
  /** Balances of a sum that are read at a time. */
  rowsPerRead = 500;

  constructor(
    private readonly accounts: AccountReader,
    private readonly volumes: VolumesAt,
  ) {}

  /** What an account had; assets in which it had nothing are left out of a past time. */
  async ofAccount(ledgerId: number, account: string, look: LookAt): Promise<BalanceRow[]> {
    return this.at(ledgerId, await this.accounts.balances(ledgerId, [account]), look);
  }

  /** The same balances as they were at the time, without those in which nothing was yet. */
  async at(ledgerId: number, rows: readonly BalanceRow[], { at, clock }: LookAt): Promise<BalanceRow[]> {
    if (at === undefined) return [...rows];
    const questions = rows.map(({ account, asset }) => ({ account, asset, at }));
    const balances = await this.volumes.volumesAt(ledgerId, clock, questions);
    return questions.flatMap(({ account, asset }, index) => {
      const balance = balances[index];
      return balance === undefined || !hasAny(balance) ? [] : [{ account, asset, ...balance }];
    });
  }

  /** The same balances at the end of the span; with a start, what moved in it. Empty ones are left out. */
  async over(ledgerId: number, rows: readonly BalanceRow[], span: Span | undefined): Promise<BalanceRow[]> {
    if (span === undefined) return [...rows];
    const { start, end = FOREVER, clock } = span;
    const ends = await this.at(ledgerId, rows, { at: end, clock });
    if (start === undefined) return ends;
    const questions = ends.map(({ account, asset }) => ({ account, asset, at: justBefore(start) }));
    const starts = await this.volumes.volumesAt(ledgerId, clock, questions);
    return ends
      .map((row, index) => ({
        ...row,
        input: row.input - (starts[index]?.input ?? 0n),
        output: row.output - (starts[index]?.output ?? 0n),
        pendingIn: 0n,
        pendingOut: 0n,
      }))
      .filter(hasAny);
  }

  /** What balances add up to over the span, by asset. Reads them all, some hundred at a time. */
  async sums(ledgerId: number, read: ReadBalances, span: Span): Promise<ReadonlyMap<string, bigint>> {
    const sums = new Map<string, bigint>();
    let after: BalanceRow | undefined;
    for (;;) {
      const rows = await read(after, this.rowsPerRead);
      for (const { asset, input, output } of await this.over(ledgerId, rows, span))
        sums.set(asset, (sums.get(asset) ?? 0n) + input - output);
      after = rows.at(-1);
      if (rows.length < this.rowsPerRead) return new Map([...sums].sort());
    }
  }
}
