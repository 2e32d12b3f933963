import type { Connection, Tenant } from '@defter/backoffice-contracts';
import { newId } from '@defter/kernel';
import { type OperationKind, type OperationRequest, providerFeeMinor } from '@defter/payments-domain';

export interface OperationWish {
  readonly kind: OperationKind;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly instrument: string;
}

/** A new operation through this connection; only what is collected costs a fee of the rate card. */
export const newOperation = (
  { rateCard }: Tenant,
  connection: Connection,
  wish: OperationWish,
  now: Date,
): OperationRequest => ({
  operationId: newId('op'),
  ...wish,
  provider: connection.provider,
  connectionId: connection.id,
  feeMinor: wish.kind === 'sale' ? providerFeeMinor(wish.amountMinor, toCard(rateCard)) : 0n,
  rateCardVersion: rateCard.version,
  at: now.toISOString(),
});

const toCard = ({ providerFeeBasisPoints, ...card }: Tenant['rateCard']) => ({
  ...card,
  providerFeeBasisPoints: BigInt(providerFeeBasisPoints),
});
