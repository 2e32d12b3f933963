import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, Fault, listMember, memberOf, textMember, writtenMember } from '@defter/platform';
import type { StuckPayout } from '@defter/reconciliation-domain';
import type { Config } from '../config.js';
import { ServiceApi } from '../service-api.js';

/** A stuck payout and whose account at which provider it goes through. */
export interface StuckAt extends StuckPayout {
  readonly provider: string;
  readonly connectionId: string;
}

const PAGE = 100;

/**
 * The payouts that payments calls stuck: the same question that its badge answers, so that nobody sees two
 * truths.
 */
@Injectable()
export class StuckPayouts {
  constructor(
    private readonly api: ServiceApi,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** All of them: what is left out would be closed. @throws Fault when payments doesn't answer */
  async read(tenantId: string): Promise<StuckAt[]> {
    const payouts: StuckAt[] = [];
    for (let cursor = ''; ;) {
      const url = `${this.config.paymentsUrl}/v1/payouts?stuck=true&page_size=${PAGE}${cursor}`;
      const answer = await this.api.ask({ tenantId, url });
      payouts.push(...listMember(answer, 'data').map(toStuckPayout));
      const next = textMember(answer, 'next');
      if (next === undefined) return payouts;
      cursor = `&cursor=${encodeURIComponent(next)}`;
    }
  }
}

function toStuckPayout(view: unknown): StuckAt {
  const operation = memberOf(view, 'operation');
  const attention = listMember(view, 'needs_attention').map(String);
  return {
    payoutId: needed(view, 'id'),
    operationId: textMember(operation, 'operation_id') ?? null,
    status: needed(view, 'status'),
    amount: BigInt(writtenMember(view, 'amount_minor') ?? '0'),
    currency: needed(view, 'currency'),
    customerId: needed(view, 'customer_id'),
    providerRef: textMember(operation, 'provider_ref') ?? null,
    attention,
    since: new Date(needed(view, 'updated_at')),
    provider: needed(view, 'provider'),
    connectionId: needed(view, 'connection_id'),
  };
}

function needed(view: unknown, field: string): string {
  const text = textMember(view, field);
  if (text === undefined) throw new Fault('service-unreadable', `Payments gave a payout without ${field}`);
  return text;
}
