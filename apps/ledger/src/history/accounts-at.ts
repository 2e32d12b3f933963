import { Injectable } from '@nestjs/common';
import { AccountReader, type AccountRow } from '../accounts/account.read.js';
import { accountView, type Expansions } from '../accounts/account.wire.js';
import { BalancesAt } from './balances-at.js';

/** Accounts with the volumes that were asked for, now or at a past time. */
@Injectable()
export class AccountsAt {
  constructor(
    private readonly accounts: AccountReader,
    private readonly past: BalancesAt,
  ) {}

  /**
   * The accounts as they are shown. At a past time `volumes` go by recorded time and `effectiveVolumes` by
   * effective time, as users of this shape know it; without one, both are those of now.
   */
  async views(
    ledgerId: number,
    rows: readonly AccountRow[],
    { volumes, effectiveVolumes }: Expansions,
    pit: string | undefined,
  ): Promise<ReturnType<typeof accountView>[]> {
    const names = rows.map(({ address }) => address);
    const now = volumes || effectiveVolumes ? await this.accounts.balances(ledgerId, names) : [];
    const shown = {
      volumes: volumes ? await this.past.at(ledgerId, now, { at: pit, clock: 'recorded' }) : undefined,
      effectiveVolumes: effectiveVolumes
        ? await this.past.at(ledgerId, now, { at: pit, clock: 'effective' })
        : undefined,
    };
    return rows.map((row) => accountView(row, shown));
  }
}
