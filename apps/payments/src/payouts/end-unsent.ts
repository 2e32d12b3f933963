import type { Transaction } from '@defter/platform';
import { closeOperation } from '../operations/operation.js';

/** Takes a call out of the queue for good: what was canceled before anybody sent it provably never left. */
export const endUnsent = async (tx: Transaction, tenantId: string, operationId: string): Promise<void> => {
  await closeOperation(tx, tenantId, operationId);
  await tx.query(
    `update operation set result = 'errored'
      where tenant_id = $1 and operation_id = $2 and result = 'sending'`,
    [tenantId, operationId],
  );
};
