import type { SettledBatch } from '@defter/payments-domain';
import { canonicalJson } from '@defter/platform';
import type { BatchSettlementV1 } from '@defter/reconciliation-contracts';

/** What a settlement of a batch is made of, as reconciliation told it; amounts as text. */
export type BatchFigures = Omit<BatchSettlementV1, 'provider' | 'connectionId' | 'batchRef' | 'currency'>;

export const figuresOf = ({
  provider: _p,
  connectionId: _c,
  batchRef: _b,
  currency: _y,
  ...figures
}: BatchSettlementV1): BatchFigures => figures;

/** The same for the same figures; which run has found them is none. */
export const figuresDigest = ({ runId: _r, ...figures }: BatchFigures): string => canonicalJson(figures);

export const sumsOf = (batch: BatchFigures): SettledBatch => ({
  grossMinor: BigInt(batch.grossMinor),
  feesMinor: BigInt(batch.feesMinor),
  otherMinor: BigInt(batch.otherMinor),
  netMinor: BigInt(batch.netMinor),
  bookedFeesMinor: BigInt(batch.bookedFeesMinor),
  bankMinor: batch.bankMinor === undefined ? null : BigInt(batch.bankMinor),
  ...{ unlikeLines: batch.unlikeLines, handedInBy: batch.handedInBy },
});
