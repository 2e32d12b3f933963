import type { Commission, Connection, Tenant } from '@defter/backoffice-contracts';
import { newId } from '@defter/kernel';
import {
  type OperationKind,
  type OperationRequest,
  providerFeeMinor,
  type RateCard,
  type Split,
} from '@defter/payments-domain';

export interface OperationWish {
  readonly kind: OperationKind;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly instrument: string;
  /** Where the payer's browser goes after a step at the provider. */
  readonly returnUrl?: string | null;
  /** Whose the money is that is collected. */
  readonly split?: Split | null;
}

/** A new operation through this connection; only what is collected costs a fee of the rate card. */
export const newOperation = (
  tenant: Tenant,
  connection: Connection,
  wish: OperationWish,
  now: Date,
): OperationRequest => ({
  operationId: newId('op'),
  ...{ parentOperationId: null, returnUrl: null, split: null },
  ...wish,
  provider: connection.provider,
  connectionId: connection.id,
  feeMinor: wish.kind === 'sale' ? providerFeeMinor(wish.amountMinor, rateCardOf(tenant)) : 0n,
  rateCardVersion: tenant.rateCard.version,
  at: now.toISOString(),
});

/** The tenant's rate card in the terms of the domain. */
export const rateCardOf = ({ rateCard }: Tenant): RateCard => ({
  version: rateCard.version,
  providerFeeBasisPoints: BigInt(rateCard.providerFeeBasisPoints),
  providerFeeFixedMinor: rateCard.providerFeeFixedMinor,
  ...commissionOf(rateCard.commission ?? NO_COMMISSION),
});

const NO_COMMISSION: Commission = {
  ...{ basisPoints: 0, fixedMinor: 0n, vatBasisPoints: 0, reserveBasisPoints: 0, refunded: true },
};

const commissionOf = ({
  basisPoints,
  fixedMinor,
  vatBasisPoints,
  reserveBasisPoints,
  refunded,
}: Commission) => ({
  commissionBasisPoints: BigInt(basisPoints),
  commissionFixedMinor: fixedMinor,
  vatBasisPoints: BigInt(vatBasisPoints),
  reserveBasisPoints: BigInt(reserveBasisPoints),
  refundsCommission: refunded,
});
