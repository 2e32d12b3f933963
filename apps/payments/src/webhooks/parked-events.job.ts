import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, CrashPoints, Database } from '@defter/platform';
import type { PaymentsConfig } from '../config.js';
import type { CrashPoint } from '../crash-points.js';
import { Pollings } from '../pollings.js';
import { publishOrphans } from '../publishing/payments-anomaly.js';
import { Tenants } from '../tenants/tenants.js';
import {
  dueParkedEvents,
  forgetResolved,
  PARKED_BATCH,
  resolveParkedEvent,
  restParkedEvent,
  takeOrphans,
  type TriedEvent,
} from './parked-event-row.js';
import { EventNotices } from './event-notices.js';
import { hasFacts, ProviderEvents } from './provider-events.js';

const EVERY_MS = 1_000;
const FORGET_EVERY_MS = 3_600_000;

/**
 * Tries parked events again: when their operation appears, and ever more rarely. One that waits beyond the
 * limit is told to reconciliation, and told again when it was applied after all.
 */
@Injectable()
export class ParkedEvents {
  private forgotAt = 0;
  @Inject(CrashPoints) private readonly crash!: CrashPoints<CrashPoint>;
  @Inject(EventNotices) private readonly notices!: EventNotices;

  constructor(
    private readonly database: Database,
    private readonly tenants: Tenants,
    private readonly events: ProviderEvents,
    @Inject(CONFIG) private readonly config: PaymentsConfig,
  ) {}

  /** Called by the loop of `ParkedEventsLoop`. @returns whether more is due right now */
  async round(): Promise<boolean> {
    const forgets = Date.now() - this.forgotAt >= FORGET_EVERY_MS;
    if (forgets) this.forgotAt = Date.now();
    let more = false;
    for (const { id } of await this.tenants.all()) {
      const tried = await this.retry(id);
      more ||= tried === PARKED_BATCH;
      await this.report(id);
      if (forgets) await this.database.transaction((tx) => forgetResolved(tx, id));
    }
    return more;
  }

  private async retry(tenantId: string): Promise<number> {
    const { leaseMs, parkedEventRetryMs } = this.config;
    const due = await this.database.transaction((tx) => dueParkedEvents(tx, tenantId, leaseMs));
    if (due.length > 0) this.crash.reach('parked.after-take');
    for (const tried of due) {
      let fits = false;
      try {
        fits = await this.tryAgain(tenantId, tried);
      } finally {
        // One that fails waits, too: it must not come first every time.
        if (!fits) await restParkedEvent(this.database, tenantId, tried, parkedEventRetryMs);
      }
    }
    return due.length;
  }

  /** @returns whether it could be applied */
  private tryAgain(tenantId: string, { event, source }: TriedEvent): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      if (!hasFacts(event)) return false;
      if ((await this.events.tryToApply(tx, tenantId, { event, source })) !== undefined) return false;
      const told = await resolveParkedEvent(tx, tenantId, event.eventId);
      if (told !== undefined) await publishOrphans(tx, tenantId, 'orphan_resolved', [told]);
      this.crash.reach('parked.before-commit');
      tx.afterCommit(() => this.crash.reach('parked.after-commit'));
      return true;
    });
  }

  /** Taken and told in one commit: once each, whatever dies. */
  private async report(tenantId: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const orphans = await takeOrphans(tx, tenantId, this.config.parkedEventLimitMs);
      await publishOrphans(tx, tenantId, 'orphan_event', orphans);
      this.notices.orphaned(tx, 'waited', orphans);
    });
  }
}

/** Runs the rounds. */
@Injectable()
export class ParkedEventsLoop {
  constructor(parked: ParkedEvents, pollings: Pollings) {
    const options = { name: 'parked-events', everyMs: EVERY_MS, signal: 'parked-events' };
    pollings.every({ ...options, round: () => parked.round() });
  }
}
