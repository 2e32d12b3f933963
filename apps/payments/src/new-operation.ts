import type { Connection, Tenant } from '@defter/backoffice-contracts';
import { newId } from '@defter/kernel';
import { type OperationKind, type OperationRequest, providerFeeMinor } from '@defter/payments-domain';
import type { ReachableProvider } from './providers.js';

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

export type RouteRefusal =
  | { readonly code: 'connection-unknown' }
  | { readonly code: 'mock-refused-in-live' }
  | { readonly code: 'currency-not-supported'; readonly currency: string };

/** Why this connection can't carry the money; undefined when it can. */
export const routeRefusal = (
  tenant: Tenant,
  connection: Connection | undefined,
  provider: ReachableProvider | undefined,
  currency: string,
): RouteRefusal | undefined => {
  if (connection === undefined || provider === undefined) return { code: 'connection-unknown' };
  if (tenant.mode === 'live' && connection.provider === 'mock-psp') return { code: 'mock-refused-in-live' };
  const { currencies } = provider.adapter.manifest;
  return currencies.includes(currency) ? undefined : { code: 'currency-not-supported', currency };
};
