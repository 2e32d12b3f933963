import { Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import { Database } from '@defter/platform';
import { Pollings } from '../pollings.js';
import { publishSettlementTrouble } from '../publishing/settlement-trouble.js';
import { connectionOf, Tenants } from '../tenants/tenants.js';
import { resolveRefusal, takeBookedAfterAll } from './batch-refusal-row.js';

const EVERY_MS = 1_000;
/** As many per round and tenant; one transaction each. */
const LIMIT = 20;

/**
 * Tells people that a batch, or a transfer that one of them asked for, is in the books after all: once the
 * ledger has booked it, whoever asked, and not because somebody has asked.
 */
@Injectable()
export class SettledTroubles {
  constructor(
    private readonly database: Database,
    private readonly tenants: Tenants,
    pollings: Pollings,
  ) {
    pollings.every({ name: 'settled-troubles', everyMs: EVERY_MS, round: () => this.round() });
  }

  private async round(): Promise<boolean> {
    let seen = 0;
    for (const tenant of await this.tenants.all())
      for (let nth = 0; nth < LIMIT && (await this.close(tenant)); nth++) seen++;
    return seen > 0;
  }

  /** @returns whether there was one */
  private close(tenant: Tenant): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const booked = await takeBookedAfterAll(tx, tenant.id);
      if (booked === undefined) return false;
      const isOver = await resolveRefusal(tx, tenant.id, booked, ['unbooked']);
      const { settlementId: runId, connectionId, messageId } = booked;
      const provider = connectionOf(tenant, connectionId)?.provider ?? '';
      const over = { messageId: `${messageId}:booked`, reason: null };
      if (isOver) await publishSettlementTrouble(tx, tenant.id, { ...booked, provider, runId }, over);
      return true;
    });
  }
}
