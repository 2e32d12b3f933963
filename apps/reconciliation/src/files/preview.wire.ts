import type { PreviewView } from '@defter/reconciliation-contracts';
import type { FileFault } from '../formats/formats.js';
import type { SettlementLine } from '../settlement-line.js';

/** Lines as a mapping reads them; amounts as text. */
export const toPreviewView = ({
  lines,
  faults,
}: {
  lines: readonly SettlementLine[];
  faults: readonly FileFault[];
}): PreviewView => ({
  lines: lines.map((line) => ({
    line: line.lineNumber,
    kind: line.kind,
    amount: `${line.amountMinor}`,
    fee: `${line.feeMinor}`,
    currency: line.currency,
    reference: line.providerRef,
    operation_id: line.operationId ?? null,
    batch: line.batchRef ?? null,
    business_on: line.businessOn,
    occurred_at: line.occurredAt,
  })),
  faults,
});
