import { Injectable } from '@nestjs/common';
import { AccountReader, type BalanceRow } from '../accounts/account.read.js';
import { hasAny } from './history.wire.js';
import { type Clock, VolumesAt } from './volumes-at.read.js';

/** A time to look at, by one of the clocks; without `at`, as it stands now. */
export interface LookAt {
  readonly at: string | undefined;
  readonly clock: Clock;
}

/** Balances at a past time, in the form in which those of today are read. */
@Injectable()
export class BalancesAt {
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
}
