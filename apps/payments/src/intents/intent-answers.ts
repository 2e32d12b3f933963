import { Injectable } from '@nestjs/common';
import { isId } from '@defter/kernel';
import type { ExistingIntent } from '@defter/payments-domain';
import { type Caller, Database, ProblemException, respond } from '@defter/platform';
import { bookingsOf } from '../bookings/booking.read.js';
import type { ChargeOutcome } from './attempts.js';
import type { IntentRow } from './intent-row.js';
import { intentProblems } from '../intent.problems.js';
import { findIntent } from './intent.read.js';
import { toIntentView } from './intent-view.js';

/** An intent as routes find and answer it. */
@Injectable()
export class IntentAnswers {
  constructor(private readonly database: Database) {}

  /** @throws ProblemException 404, also for another tenant's */
  async intent(tenantId: string, id: string): Promise<ExistingIntent> {
    return (await this.row(tenantId, id)).intent;
  }

  async view(caller: Caller, id: string) {
    const row = await this.row(caller.tenantId, id);
    const bookings = await bookingsOf(this.database, caller.tenantId, [id]);
    return toIntentView(row, caller, bookings.get(id) ?? []);
  }

  /** The intent after a change, or why it was refused. */
  after(caller: Caller, outcome: ChargeOutcome) {
    return this.view(
      caller,
      respond(outcome, intentProblems, ({ intentId }) => intentId),
    );
  }

  private async row(tenantId: string, id: string): Promise<IntentRow> {
    const row = isId('pi', id) ? await findIntent(this.database, tenantId, id) : undefined;
    if (row === undefined) throw new ProblemException('intent-absent', intentProblems['intent-absent']);
    return row;
  }
}
