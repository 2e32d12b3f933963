import { Inject, Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import type { IntentRefusal, RequestRefundCommand } from '@defter/payments-domain';
import { CONFIG, CrashPoints, Database, type Transaction, TryAgain } from '@defter/platform';
import type { PaymentsConfig } from '../config.js';
import type { CrashPoint } from '../crash-points.js';
import { Intents } from '../intents/intents.js';
import {
  findRefundRequest,
  insertRefundRow,
  type RefundRequestRow,
  type RefundRow,
  takeReservingRefunds,
} from '../refund-row.js';

interface Claim {
  readonly intentId: string;
  readonly key: string;
  readonly fingerprint: Buffer;
}

export type Claimed = { readonly isFirst: boolean } | { readonly refusal: IntentRefusal };

/** The refunds whose hold is still to be asked for: claimed, committed, and found again after a crash. */
@Injectable()
export class RefundClaims {
  constructor(
    private readonly database: Database,
    private readonly intents: Intents,
    private readonly crash: CrashPoints<CrashPoint>,
    @Inject(CONFIG) private readonly config: PaymentsConfig,
  ) {}

  /**
   * Commits the refund as `reserving` under its key, unless the key is taken; from then on its amount can't
   * be given back again. Says whether it was this request that took the key, or why nothing can be given
   * back.
   */
  async claim(tenant: Tenant, command: RequestRefundCommand, claim: Claim): Promise<Claimed> {
    this.crash.reach('refund.before-claim');
    const claimed = await this.database.transaction((tx) => this.write(tx, tenant, { command, claim }));
    this.crash.reach('refund.after-claim');
    return claimed;
  }

  find(tenantId: string, key: string): Promise<RefundRequestRow | undefined> {
    return findRefundRequest(this.database, tenantId, key);
  }

  /** Those that nobody has answered for in time. */
  takeWaiting(tenantId: string): Promise<RefundRow[]> {
    return this.database.transaction((tx) => takeReservingRefunds(tx, tenantId, this.config.reserveRetryMs));
  }

  private async write(
    tx: Transaction,
    tenant: Tenant,
    { command, claim }: { readonly command: RequestRefundCommand; readonly claim: Claim },
  ): Promise<Claimed> {
    const { refundId, by: actor } = command;
    if ((await findRefundRequest(tx, tenant.id, claim.key)) !== undefined) return { isFirst: false };
    const outcome = await this.intents.handle(tx, tenant, claim.intentId, { command, actor });
    if (!outcome.accepted) {
      // Under the intent's lock: what is refused may be what a request with this key has just taken.
      const isTaken = (await findRefundRequest(tx, tenant.id, claim.key)) !== undefined;
      return isTaken ? { isFirst: false } : { refusal: outcome.refusal };
    }
    const { intent, version } = outcome;
    const request = { ...claim, refundId, version, retryMs: this.config.reserveRetryMs };
    const isFirst = await insertRefundRow(tx, tenant.id, intent, request);
    // Somebody else took the key while we waited: from the start, where it is found.
    if (!isFirst) throw new TryAgain(`The key of ${refundId} was taken meanwhile`);
    return { isFirst };
  }
}
