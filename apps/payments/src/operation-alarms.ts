import { Injectable } from '@nestjs/common';
import type { OperationState } from '@defter/payments-domain';
import { Logger, Metrics, type Transaction } from '@defter/platform';

/** Calls people to operations whose ladder is exhausted. */
@Injectable()
export class OperationAlarms {
  constructor(
    private readonly logger: Logger,
    private readonly metrics: Metrics,
  ) {}

  /** Once the transaction that gave the operation up has committed. */
  ring(tx: Transaction, tenantId: string, { operationId, result, provider }: OperationState): void {
    const name = 'defter_payments_operations_alarmed_total';
    tx.afterCommit(() => {
      this.metrics
        .counter(name, 'Operations that were given up on', ['provider', 'result'])
        .inc({ provider, result });
      this.logger.error('An operation needs a person', { tenantId, operationId, result });
    });
  }
}
