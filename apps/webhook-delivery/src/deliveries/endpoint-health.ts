import { Inject, Injectable } from '@nestjs/common';
import { newId } from '@defter/kernel';
import { CONFIG, Database, enqueue, Metrics, type Transaction } from '@defter/platform';
import {
  decideHealth,
  type DisabledReason,
  type EndpointHealth,
  type HealthSign,
} from '@defter/webhooks-domain';
import { type EndpointDisabledV1, EndpointTopics } from '@defter/webhooks-contracts';
import type { Config } from '../config.js';
import { Messages } from '../messages/messages.js';

type HealthRow = EndpointHealth & { readonly url: string };

const READ = `
  select url, status, failing_since as "failingSince", last_failed_at as "lastFailedAt",
         slow_since as "slowSince"
    from webhook_endpoint where tenant_id = $1 and id = $2 and status <> 'deleted'`;

/** Keeps how each endpoint is, and disables one that is gone or has failed for days. */
@Injectable()
export class EndpointHealthKeeper {
  private readonly disabled;

  constructor(
    private readonly database: Database,
    private readonly messages: Messages,
    @Inject(CONFIG) private readonly config: Config,
    metrics: Metrics,
  ) {
    this.disabled = metrics.counter('defter_webhooks_endpoints_disabled_total', 'Endpoints disabled', [
      'reason',
    ]);
  }

  /**
   * Joins the transaction that records the attempt. Nothing is written while an endpoint stays as it was
   * `seen`.
   */
  async note(tenantId: string, endpointId: string, seen: EndpointHealth, sign: HealthSign): Promise<void> {
    if (decideHealth(seen, sign, this.config.disableAfterMs) === undefined) return;
    await this.database.transaction((tx) => this.change(tx, tenantId, endpointId, sign));
  }

  private async change(
    tx: Transaction,
    tenantId: string,
    endpointId: string,
    sign: HealthSign,
  ): Promise<void> {
    const { disableAfterMs } = this.config;
    const [row] = await tx.query<HealthRow>(`${READ} for no key update`, [tenantId, endpointId]);
    const change = row === undefined ? undefined : decideHealth(row, sign, disableAfterMs);
    if (row === undefined || change === undefined) return;
    const { health, disabled } = change;
    await tx.query(
      `update webhook_endpoint
          set failing_since = $3, last_failed_at = $4, slow_since = $5, status = $6,
              disabled_reason = coalesce($7, disabled_reason),
              disabled_at = case when $7::text is null then disabled_at else now() end
        where tenant_id = $1 and id = $2`,
      [
        ...[tenantId, endpointId, health.failingSince, health.lastFailedAt, health.slowSince, health.status],
        disabled ?? null,
      ],
    );
    if (disabled !== undefined)
      await this.tell(tx, tenantId, { endpointId, url: row.url, disabled, at: sign.at });
  }

  /** On the topic for those who run the platform, and to the tenant's other endpoints. */
  private async tell(
    tx: Transaction,
    tenantId: string,
    {
      endpointId,
      url,
      disabled,
      at,
    }: { endpointId: string; url: string; disabled: DisabledReason; at: Date },
  ): Promise<void> {
    const id = newId('evt');
    const disabledAt = at.toISOString();
    const body: EndpointDisabledV1 = {
      type: 'EndpointDisabled',
      endpointId,
      url,
      reason: disabled,
      disabledAt,
    };
    const topic = EndpointTopics.events.name;
    await enqueue(tx, [{ tenantId, topic, key: endpointId, type: body.type, subject: endpointId, id, body }]);
    await this.messages.storeOne(tx, tenantId, {
      source: topic,
      sourceEventId: id,
      type: 'webhook_endpoint.disabled',
      occurredAt: at,
      data: { object: 'webhook_endpoint', id: endpointId, url, reason: disabled, disabled_at: disabledAt },
    });
    tx.afterCommit(() => this.disabled.inc({ reason: disabled }));
  }
}
