import { randomUUID } from 'node:crypto';
import { toHeaders } from '@defter/platform';
import {
  type BatchSettlementV1,
  ReconciliationTopics,
  type ReportObservationV1,
} from '@defter/reconciliation-contracts';
import { CONNECTION, TENANT, type TestPayments } from './test-payments.js';

type Line = Partial<ReportObservationV1> & { readonly operationId: string };

const headersOf = (id: string, type: string, tenantId: string) =>
  toHeaders({ id, type, source: 'test', tenantId, time: new Date() });

/** Reconciliation tells of lines of reports, in this order per operation; `id` is the message's. */
export const tellLines = (
  { messaging }: TestPayments,
  lines: readonly Line[],
  { tenantId = TENANT, id }: { readonly tenantId?: string; readonly id?: string } = {},
): Promise<void> =>
  messaging.publish(
    lines.map((line) => {
      const body: ReportObservationV1 = {
        ...{ observationId: randomUUID(), provider: 'mock-psp', connectionId: CONNECTION, kind: 'sale' },
        ...{ result: 'succeeded', amountMinor: '1000', currency: 'TRY', origin: 'provider', runId: 'run_1' },
        ...{ occurredAt: '2026-02-01T10:00:00Z', reportRef: 'settlement-2026-02-01', lineNumber: 3 },
        ...line,
      };
      return {
        topic: ReconciliationTopics.observations.name,
        key: `${tenantId}/${body.operationId}`,
        value: JSON.stringify(body),
        headers: headersOf(id ?? body.observationId, 'ReportLineMatched', tenantId),
      };
    }),
  );

/** Reconciliation has found a batch of 10.00 paid, less 0.25, unless told otherwise. */
export const tellPaid = (
  { messaging }: TestPayments,
  batch: Partial<BatchSettlementV1> & { readonly batchRef: string },
  id: string = randomUUID(),
): Promise<void> => {
  const body: BatchSettlementV1 = {
    ...{ provider: 'mock-psp', connectionId: CONNECTION, currency: 'TRY', grossMinor: '1000' },
    ...{ feesMinor: '25', otherMinor: '0', netMinor: '975', bookedFeesMinor: '25', bankMinor: '975' },
    ...{ lines: 1, unlikeLines: 0, bankReferences: [], lastOn: '2026-02-01', handedInBy: [], runId: 'run_1' },
    ...batch,
  };
  const key = `${TENANT}/${body.connectionId}/${body.batchRef}/${body.currency}`;
  const message = { topic: ReconciliationTopics.settlements.name, key, value: JSON.stringify(body) };
  return messaging.publish([{ ...message, headers: headersOf(id, 'BatchPaid', TENANT) }]);
};
