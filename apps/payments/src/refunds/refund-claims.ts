import { Inject, Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import type { IntentRefusal, RequestRefundCommand } from '@defter/payments-domain';
import { CONFIG, Database, TryAgain } from '@defter/platform';
import type { PaymentsConfig } from '../config.js';
import { CrashPoints } from '../crash-point.js';
import { Intents } from '../intents/intents.js';
import {
  findRefundRequest,
  insertRefundRow,
  type RefundRequestRow,
  type RefundRow,
  takeReservingRefunds,
} from './refund-row.js';

interface Claim {
  readonly intentId: string;
  readonly key: string;
  readonly fingerprint: Buffer;
}

/** The refunds whose hold is still to be asked for: claimed, committed, and found again after a crash. */
@Injectable()
export class RefundClaims {
  constructor(
    private readonly database: Database,
    private readonly intents: Intents,
    private readonly crash: CrashPoints,
    @Inject(CONFIG) private readonly config: PaymentsConfig,
  ) {}

  /**
   * Commits the refund as `reserving` under its key, unless the key is taken; from then on its amount can't be
   * given back again. Returns why it can't be.
   */
  async claim(
    tenant: Tenant,
    command: RequestRefundCommand,
    claim: Claim,
  ): Promise<IntentRefusal | undefined> {
    const { refundId, by: actor } = command;
    this.crash.reach('refund.before-claim');
    const refusal = await this.database.transaction(async (tx) => {
      if ((await findRefundRequest(tx, tenant.id, claim.key)) !== undefined) return undefined;
      const outcome = await this.intents.handle(tx, tenant, claim.intentId, { command, actor });
      if (!outcome.accepted) return outcome.refusal;
      const { intent, version } = outcome;
      const request = { ...claim, refundId, version, retryMs: this.config.reserveRetryMs };
      const isOurs = await insertRefundRow(tx, tenant.id, intent, request);
      // Somebody else took the key while we waited: from the start, where it is found.
      if (!isOurs) throw new TryAgain(`The key of ${refundId} was taken meanwhile`);
      return undefined;
    });
    this.crash.reach('refund.after-claim');
    return refusal;
  }

  find(tenantId: string, key: string): Promise<RefundRequestRow | undefined> {
    return findRefundRequest(this.database, tenantId, key);
  }

  /** Those that nobody has answered for in time. */
  takeWaiting(tenantId: string): Promise<RefundRow[]> {
    return this.database.transaction((tx) => takeReservingRefunds(tx, tenantId, this.config.reserveRetryMs));
  }
}
