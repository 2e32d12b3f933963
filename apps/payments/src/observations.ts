import { Inject, Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import {
  disputeOf,
  type Observation,
  type ObserveDisputeCommand,
  type OperationState,
} from '@defter/payments-domain';
import { CONFIG, type Transaction } from '@defter/platform';
import type { PaymentsConfig } from './config.js';
import { Intents } from './intents/intents.js';
import { OperationAlarms } from './operation-alarms.js';
import { noteObservation } from './operations/observation-row.js';
import { type CallEnd, scheduleOperation, type Waits } from './operations/operation-schedule.js';
import { Payouts } from './payouts/payouts.js';
import { Providers } from './providers.js';

/** An observation with where it belongs and who brought it. */
export interface Heard {
  readonly ownerId: string;
  readonly observation: Observation;
  /** The same for each delivery of the same observation. */
  readonly observationId: string;
  /** Which request brought it. */
  readonly about?: Readonly<Record<string, string>>;
  /** Set by a runner: what became of its call. */
  readonly call?: CallEnd;
}

export interface HeardDispute {
  readonly ownerId: string;
  readonly command: ObserveDisputeCommand;
  readonly observationId: string;
}

/**
 * The way every observation takes, whoever brings it: the owner's stream is locked, the one reducer decides,
 * state,
 * bookings, schedule and message commit together.
 */
@Injectable()
export class Observations {
  @Inject(Providers) private readonly providers!: Providers;

  constructor(
    private readonly intents: Intents,
    private readonly payouts: Payouts,
    private readonly alarms: OperationAlarms,
    @Inject(CONFIG) private readonly config: PaymentsConfig,
  ) {}

  /** Applies one observation. Idempotent and independent of order. */
  async apply(tx: Transaction, tenant: Tenant, heard: Heard): Promise<OperationState> {
    const { observation, observationId, about, call } = heard;
    const { operation, isNews } = await this.reduce(tx, tenant, heard);
    await noteObservation(tx, tenant.id, observation, { observationId, isNews, about });
    const patience = this.patienceWith(operation);
    const next = await scheduleOperation(tx, tenant.id, operation, { patience, call });
    if (next.step === 'alarm') this.alarms.ring(tx, tenant.id, operation);
    return operation;
  }

  /** Applies what a provider says about a dispute; the first word opens it. */
  async applyDispute(
    tx: Transaction,
    tenant: Tenant,
    { ownerId, command, observationId }: HeardDispute,
  ): Promise<void> {
    const outcome = await this.intents.handle(tx, tenant, ownerId, {
      command,
      actor: command.observation.source,
    });
    if (!outcome.accepted) throw new Error(`${ownerId} lost its operation`);
    const operation = disputeOf(command, outcome.intent)?.operation;
    if (operation === undefined) throw new Error('A dispute that was heard of has no operation');
    const observation = { ...command.observation, operationId: operation.operationId };
    await noteObservation(tx, tenant.id, observation, {
      observationId,
      isNews: outcome.isNews,
      about: undefined,
    });
    const patience = this.patienceWith(operation);
    await scheduleOperation(tx, tenant.id, operation, { patience, call: undefined });
  }

  private patienceWith({ provider }: OperationState): Waits {
    const { lookupLadderMs: ladderMs, pendingLookupMs: pendingMs, resendMs } = this.config;
    const findsDisputes = this.providers.find(provider)?.adapter.manifest.findsDisputes === true;
    const { disputeLookupMs, disputePatienceMs } = this.config;
    const disputeMs = findsDisputes ? disputeLookupMs : disputePatienceMs;
    return { ladderMs, pendingMs, resendMs, findsDisputes, disputeMs };
  }

  private async reduce(tx: Transaction, tenant: Tenant, { ownerId, observation }: Heard) {
    const command = { type: 'ObserveOperation', observation } as const;
    const asked = { command, actor: observation.source };
    if (ownerId.startsWith('po_')) {
      const outcome = await this.payouts.handle(tx, tenant, ownerId, asked);
      if (!outcome.accepted || outcome.payout.operation === null)
        throw new Error(`${ownerId} lost its operation`);
      return { operation: outcome.payout.operation, isNews: outcome.isNews };
    }
    const outcome = await this.intents.handle(tx, tenant, ownerId, asked);
    const operations = outcome.accepted ? outcome.intent.operations : [];
    const operation = operations.find(({ operationId }) => operationId === observation.operationId);
    if (!outcome.accepted || operation === undefined) throw new Error(`${ownerId} lost its operation`);
    return { operation, isNews: outcome.isNews };
  }
}
