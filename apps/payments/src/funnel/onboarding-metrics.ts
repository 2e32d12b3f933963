import { Injectable } from '@nestjs/common';
import { Database, Logger, Metrics } from '@defter/platform';
import { Tenants } from '../tenants/tenants.js';

const stages = ['configured', 'first_intent', 'first_deposit', 'first_payout'] as const;
type Stage = (typeof stages)[number];

/** By the indexes of status: the first row is enough. */
const REACHED = `
  select exists (select from payment_intent where tenant_id = $1) as first_intent,
         exists (select from payment_intent
                  where tenant_id = $1 and status in ('succeeded', 'partially_captured')) as first_deposit,
         exists (select from payout where tenant_id = $1 and status in ('paid', 'returned')) as first_payout`;

type Reached = Readonly<Record<Exclude<Stage, 'configured'>, boolean>>;

const nowhere: Reached = { first_intent: false, first_deposit: false, first_payout: false };

/**
 * How far tenants got: from the settings to their first payout. Every worker tells the same, of all tenants
 * together; a tenant's name is no label.
 */
@Injectable()
export class OnboardingMetrics {
  /** What was reached stays so, and isn't asked for again. */
  private readonly known = new Map<string, Reached>();

  constructor(
    private readonly database: Database,
    private readonly tenants: Tenants,
    metrics: Metrics,
    logger: Logger,
  ) {
    const help = 'Tenants that got at least so far';
    metrics.gauge('defter_payments_tenants_count', help, ['stage'], async (gauge) => {
      try {
        for (const [stage, count] of await this.counts()) gauge.set({ stage }, count);
      } catch (error) {
        logger.warn('How far tenants got could not be read', { error });
      }
    });
  }

  private async counts(): Promise<Map<Stage, number>> {
    const counts = new Map<Stage, number>(stages.map((stage) => [stage, 0]));
    const add = (stage: Stage): void => void counts.set(stage, (counts.get(stage) ?? 0) + 1);
    for (const { id } of await this.tenants.all()) {
      const reached = await this.reached(id);
      add('configured');
      for (const stage of stages) if (stage !== 'configured' && reached[stage]) add(stage);
    }
    return counts;
  }

  private async reached(tenantId: string): Promise<Reached> {
    const known = this.known.get(tenantId) ?? nowhere;
    if (Object.values(known).every((stage) => stage)) return known;
    const [now = nowhere] = await this.database.query<Reached>(REACHED, [tenantId]);
    const reached = {
      first_intent: known.first_intent || now.first_intent,
      first_deposit: known.first_deposit || now.first_deposit,
      first_payout: known.first_payout || now.first_payout,
    };
    this.known.set(tenantId, reached);
    return reached;
  }
}
