import type { WithShortage } from '@defter/payments-domain';
import type { Caller } from '@defter/platform';

/** Whoever pays, or gives back, doesn't have it. The figures are there where the ledger gave them. */
export interface InsufficientFunds {
  readonly code: 'insufficient-funds';
  readonly account?: string;
  readonly currency: string;
  readonly neededMinor?: bigint;
  /** Only for who may read balances. */
  readonly availableMinor?: bigint;
}

/** Whether the caller may see what an account of the tenant's ledger has. */
export const readsBalances = ({ scopes }: Pick<Caller, 'scopes'>): boolean => scopes.includes('ledger:read');

/**
 * The refusal as this caller may see it: what is needed is what was asked for; what there is is a balance,
 * for whoever could read it in the ledger, too.
 */
export const insufficientFunds = (
  { shortage }: WithShortage,
  currency: string,
  caller: Pick<Caller, 'scopes'>,
): InsufficientFunds => {
  if (shortage === undefined) return { code: 'insufficient-funds', currency };
  const { account, neededMinor, availableMinor } = shortage;
  return {
    ...{ code: 'insufficient-funds', account, currency, neededMinor },
    ...(readsBalances(caller) && { availableMinor }),
  };
};
