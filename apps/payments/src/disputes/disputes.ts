import { Injectable } from '@nestjs/common';
import { newId } from '@defter/kernel';
import type { ObserveDisputeCommand } from '@defter/payments-domain';
import type { Transaction } from '@defter/platform';
import type { ProviderEventV1, TrustedFacts } from '@defter/webhooks-contracts';
import { Observations } from '../observations.js';
import { Tenants } from '../tenants/tenants.js';

interface Disputed {
  readonly operationId: string;
  readonly ownerId: string;
  readonly kind: string;
  readonly result: string;
  readonly amountMinor: bigint;
}

type DisputeEvent = ProviderEventV1 & { readonly facts: TrustedFacts };

/**
 * What providers tell of disputes: an event of the kind `chargeback` about a captured operation. `pending`
 * opens it (or asks only: `isInquiry`), `failed` and `declined` are won, `succeeded` is lost, `returned` is
 * lost and given back. That evidence is looked at moves no money, so the name of the event is enough for it.
 */
@Injectable()
export class Disputes {
  constructor(
    private readonly tenants: Tenants,
    private readonly observations: Observations,
  ) {}

  /** Returns why the event can't be applied (yet), or undefined when it was. */
  async tryToApply(
    tx: Transaction,
    tenantId: string,
    event: DisputeEvent,
    disputed: Disputed,
  ): Promise<string | undefined> {
    const { facts, verified } = event;
    if (disputed.kind !== 'sale' && disputed.kind !== 'capture') return `a dispute of a ${disputed.kind}`;
    const { amountMinor, currency } = facts;
    if (!verified || amountMinor === undefined || currency === undefined) return 'a dispute without proof';
    if (disputed.result !== 'succeeded') return 'a dispute before its capture';
    if (BigInt(amountMinor) > disputed.amountMinor) return 'a dispute above its capture';
    const tenant = await this.tenants.find(tenantId);
    if (tenant === undefined) return 'unknown tenant';
    const command = commandOf(event, disputed, { amountMinor: BigInt(amountMinor), currency });
    const { ownerId } = disputed;
    await this.observations.applyDispute(tx, tenant, { ownerId, command, observationId: event.eventId });
    return undefined;
  }
}

const underReview = /evidence|under_review/i;

const commandOf = (
  { facts, providerType, ...event }: DisputeEvent,
  { operationId: disputedOperationId }: Disputed,
  echoed: { readonly amountMinor: bigint; readonly currency: string },
): ObserveDisputeCommand => ({
  type: 'ObserveDispute',
  disputedOperationId,
  disputeId: newId('du'),
  ...(facts.disputeRef !== undefined && { disputeRef: facts.disputeRef }),
  operationId: newId('op'),
  amountMinor: echoed.amountMinor,
  observation: {
    source: 'webhook',
    result: facts.result,
    at: event.occurredAt ?? event.receivedAt,
    providerRef: facts.disputeRef ?? facts.providerRef ?? null,
    ...{ declineCode: facts.declineCode ?? null, echoed },
    ...(facts.isInquiry === true && { isInquiry: true }),
    ...((facts.isUnderReview === true || underReview.test(providerType)) && { isUnderReview: true }),
  },
});
