import { Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import { isId } from '@defter/kernel';
import { capturesOf } from '@defter/payments-domain';
import { Database } from '@defter/platform';
import { findIntent } from '../intents/intent.read.js';
import { Routes } from '../routes.js';
import type { RefundRefusal } from './refund.problems.js';

/** What a refund is to be of, as far as it can be told before the intent is asked. */
@Injectable()
export class RefundTargets {
  constructor(
    private readonly database: Database,
    private readonly routes: Routes,
  ) {}

  tenant(tenantId: string): Promise<Tenant> {
    return this.routes.tenant(tenantId);
  }

  /** Why nothing of this intent can be given back, for certain. */
  async barred(tenantId: string, intentId: string): Promise<RefundRefusal | undefined> {
    const found = isId('pi', intentId) ? await findIntent(this.database, tenantId, intentId) : undefined;
    if (found === undefined) return { code: 'intent-absent' };
    const [captured] = capturesOf(found.intent);
    if (captured === undefined || this.routes.can(captured.provider, 'refund')) return undefined;
    return { code: 'operation-not-supported', operationKind: 'refund' };
  }
}
