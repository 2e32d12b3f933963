import { Inject, Injectable } from '@nestjs/common';
import { CrashPoints, type Transaction } from '@defter/platform';
import type { ProviderEventV1, TrustedFacts } from '@defter/webhooks-contracts';
import type { CrashPoint } from '../crash-points.js';
import { Disputes } from '../disputes/disputes.js';
import { Observations } from '../observations.js';
import { bringForward, findOperation } from '../operations/operation.js';
import { Providers } from '../providers.js';
import { publishOrphans } from '../publishing/payments-anomaly.js';
import { Tenants } from '../tenants/tenants.js';
import { EventNotices } from './event-notices.js';
import { type Bringer, parkEvent } from './parked-event-row.js';
import { readEvent } from './to-observation.js';

type EventWithFacts = ProviderEventV1 & { readonly facts: TrustedFacts };

/** News of an operation that nobody asked for. A line of a report has the form of an event. */
interface News<E extends ProviderEventV1 = ProviderEventV1> {
  readonly event: E;
  readonly source: Bringer;
}

/**
 * Applies provider events and lines of reports to the operations they are about, or parks them until those
 * appear.
 */
@Injectable()
export class ProviderEvents {
  @Inject(CrashPoints) private readonly crash!: CrashPoints<CrashPoint>;
  @Inject(Providers) private readonly providers!: Providers;

  constructor(
    private readonly tenants: Tenants,
    private readonly observations: Observations,
    private readonly disputes: Disputes,
    private readonly notices: EventNotices,
  ) {}

  /** Applies one event; an event that says nothing about an operation changes nothing. */
  async apply(tx: Transaction, tenantId: string, { event, source }: News): Promise<void> {
    if (!hasFacts(event)) {
      if (event.unknownType === true) await this.parkUnknown(tx, tenantId, { event, source });
      return;
    }
    const reason = await this.tryToApply(tx, tenantId, { event, source });
    if (reason === undefined) return;
    const mayFit = this.makesOperations(event);
    const parked = await parkEvent(tx, tenantId, event, { source, reason, mayFit });
    if (parked !== undefined && !mayFit) {
      await publishOrphans(tx, tenantId, 'orphan_event', [parked]);
      this.notices.orphaned(tx, 'listened_only', [parked]);
    }
    tx.afterCommit(() => this.crash.reach('webhook.after-park'));
    this.notices.parked(event);
  }

  /** What a type means that its adapter doesn't know is for people: nothing is waited for. */
  private async parkUnknown(tx: Transaction, tenantId: string, { event, source }: News): Promise<void> {
    const reason = `an event of the type ${event.providerType}, which is not understood`;
    const parked = await parkEvent(tx, tenantId, event, { source, reason, mayFit: false });
    if (parked !== undefined) {
      await publishOrphans(tx, tenantId, 'orphan_event', [parked]);
      this.notices.orphaned(tx, 'unknown_type', [parked]);
    }
    tx.afterCommit(() => this.crash.reach('webhook.after-park'));
    this.notices.parked(event);
  }

  /** Of a provider that is only listened to no operation will ever appear, so that nothing is waited for. */
  private makesOperations({ provider }: ProviderEventV1): boolean {
    return this.providers.find(provider)?.adapter.manifest.capabilities.length !== 0;
  }

  /** Returns why the event can't be applied (yet), or undefined when it was. */
  async tryToApply(
    tx: Transaction,
    tenantId: string,
    { event, source }: News<EventWithFacts>,
  ): Promise<string | undefined> {
    const operation = await findOperation(tx, tenantId, event);
    if (operation === undefined) return 'unknown operation';
    if (event.facts.kind === 'chargeback' && operation.kind !== 'chargeback') {
      return this.disputes.tryToApply(tx, tenantId, event, operation);
    }
    const reading = readEvent(event, operation, source);
    if (reading.act === 'park') return reading.reason;
    if (reading.act === 'look_up') {
      this.notices.noProof(tenantId, event);
      await bringForward(tx, tenantId, operation.operationId, 'look_up');
      return undefined;
    }
    const { observation } = reading;
    // Parked rather than waited for: the events of the other tenants lie behind it in the partition.
    const tenant = await this.tenants.find(tenantId);
    if (tenant === undefined) return 'unknown tenant';
    const { requestId, providerEventId, providerType } = event;
    const about =
      source === 'report'
        ? { report_line: providerEventId }
        : { request_id: requestId, provider_type: providerType };
    const heard = { ownerId: operation.ownerId, observation, observationId: event.eventId, about };
    await this.observations.apply(tx, tenant, heard);
    return undefined;
  }
}

export const hasFacts = (event: ProviderEventV1): event is EventWithFacts => event.facts !== undefined;
