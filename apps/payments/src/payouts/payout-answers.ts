import { Inject, Injectable } from '@nestjs/common';
import { isId } from '@defter/kernel';
import {
  type Caller,
  CONFIG,
  Database,
  encodeCursor,
  ProblemException,
  page,
  respond,
} from '@defter/platform';
import { bookingsOf } from '../bookings/booking.read.js';
import type { PaymentsConfig } from '../config.js';
import type { ChangeOutcome } from './change-payout.handler.js';
import { payoutProblems } from './payout.problems.js';
import { findPayout, listPayouts, type PayoutFilter } from './payout.read.js';
import { toPayoutView } from './payout-view.js';

/** The list of payouts, as its cursors name it. */
export const PAYOUT_LIST = 'payouts';

/** Payouts as they are shown to a caller. */
@Injectable()
export class PayoutAnswers {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: PaymentsConfig,
  ) {}

  /** @throws ProblemException 404 for what isn't there, or is another tenant's */
  async find({ tenantId }: Caller, id: string) {
    const row = isId('po', id)
      ? await findPayout(this.database, tenantId, id, this.config.stuckAfterMs)
      : undefined;
    if (row === undefined) throw new ProblemException('payout-absent', payoutProblems['payout-absent']);
    return row;
  }

  async view(caller: Caller, id: string) {
    const row = await this.find(caller, id);
    const bookings = await bookingsOf(this.database, caller.tenantId, [id]);
    return toPayoutView(row, caller, bookings.get(id) ?? []);
  }

  /** The payout after a change. @throws RefusedException when the change was refused */
  answer(caller: Caller, outcome: ChangeOutcome) {
    const id = respond(outcome, payoutProblems, ({ payout }) => payout.payoutId);
    return this.view(caller, id);
  }

  async page(caller: Caller, filter: Omit<PayoutFilter, 'limit'>, size: number) {
    const asked = { ...filter, limit: size + 1 };
    const rows = await listPayouts(this.database, caller.tenantId, this.config.stuckAfterMs, asked);
    const ids = rows.map(({ payout }) => payout.payoutId);
    const bookings = await bookingsOf(this.database, caller.tenantId, ids);
    return page(rows, size, {
      of: (row) => toPayoutView(row, caller, bookings.get(row.payout.payoutId) ?? []),
      cursorAfter: ({ payout }) => encodeCursor(PAYOUT_LIST, payout.payoutId),
    });
  }
}
