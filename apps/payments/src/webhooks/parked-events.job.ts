import { Inject, Injectable } from '@nestjs/common';
import { CrashPoints, Database } from '@defter/platform';
import type { CrashPoint } from '../crash-points.js';
import { Pollings } from '../pollings.js';
import { Tenants } from '../tenants/tenants.js';
import { dueParkedEvents, resolveParkedEvent } from './parked-event-row.js';
import { hasFacts, ProviderEvents } from './provider-events.js';

const EVERY_MS = 1_000;

/** Tries parked events again: when their operation appears, and ever more rarely. */
@Injectable()
export class ParkedEvents {
  @Inject(CrashPoints) private readonly crash!: CrashPoints<CrashPoint>;

  constructor(
    private readonly database: Database,
    private readonly tenants: Tenants,
    private readonly events: ProviderEvents,
    pollings: Pollings,
  ) {
    const options = { name: 'parked-events', everyMs: EVERY_MS, signal: 'parked-events' };
    pollings.every({ ...options, round: () => this.round() });
  }

  private async round(): Promise<boolean> {
    for (const { id } of await this.tenants.all()) {
      const due = await this.database.transaction((tx) => dueParkedEvents(tx, id));
      for (const { event } of due) {
        await this.database.transaction(async (tx) => {
          const applied = hasFacts(event) && (await this.events.tryToApply(tx, id, event)) === undefined;
          if (!applied) return;
          await resolveParkedEvent(tx, id, event.eventId);
          this.crash.reach('parked.before-commit');
          tx.afterCommit(() => this.crash.reach('parked.after-commit'));
        });
      }
    }
    return false;
  }
}
