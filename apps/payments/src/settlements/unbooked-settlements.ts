import { Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import type { Transaction } from '@defter/platform';
import { publishSettlementTrouble } from '../publishing/settlement-trouble.js';
import { connectionOf } from '../tenants/tenants.js';
import { endSettlementRow, lockSettlement } from './settlement-row.js';

interface Unbooked {
  readonly how: 'refused' | 'reverted';
  readonly reason: string;
  readonly revertedBy: bigint | null;
}

/** Approved settlements that the ledger doesn't have, or no longer: what the bank has is not in the books. */
@Injectable()
export class UnbookedSettlements {
  /** Ends it, so that a person may ask for it anew, and tells people. The second time changes nothing. */
  async end(tx: Transaction, tenant: Tenant, settlementId: string, unbooked: Unbooked): Promise<void> {
    const settlement = await lockSettlement(tx, tenant.id, settlementId);
    if (settlement === undefined) throw new Error(`There is no settlement ${settlementId}`);
    if (settlement.end !== null) return;
    const { how, reason } = unbooked;
    await endSettlementRow(tx, tenant.id, settlementId, { ...unbooked, by: 'ledger' });
    const { connectionId, reference, currency, amountMinor, batchRef, batch } = settlement;
    const provider = connectionOf(tenant, connectionId)?.provider ?? '';
    const unsettled = {
      ...{ provider, connectionId, currency, batchRef: batchRef ?? reference },
      ...{ netMinor: amountMinor.toString(), runId: batch?.runId ?? settlementId },
    };
    const words = how === 'refused' ? 'the ledger refused the booking of' : 'not in the books any more is';
    await publishSettlementTrouble(tx, tenant.id, unsettled, {
      messageId: `${how}:settlement:${settlementId}`,
      reason: `${words} settlement ${settlementId}: ${reason}`,
    });
  }
}
