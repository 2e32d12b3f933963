import type { BatchRefusal } from '@defter/payments-domain';

/** Why a batch isn't settled, as its finding says it. Minor units. */
export const reasonOf = (refusal: BatchRefusal, currency: string): string => {
  switch (refusal.code) {
    case 'batch-sums-differ':
      return `its net is ${refusal.netMinor} ${currency}, gross less fees gives ${refusal.expectedMinor}`;
    case 'bank-differs':
      return `its net is ${refusal.netMinor} ${currency}, the bank booked ${refusal.bankMinor}`;
    case 'batch-pays-nothing':
      return `its net is ${refusal.netMinor} ${currency}, which no bank credits`;
    case 'settled-otherwise':
      return `settlement ${refusal.settlementId} of it is of ${refusal.amountMinor} ${currency}`;
    case 'credit-settled':
      return `what the bank credited for it is in settlement ${refusal.settlementId} already`;
    case 'settlement-ended': {
      const { settlementId, how, amountMinor } = refusal;
      const sum = `${amountMinor} ${currency}`;
      return `settlement ${settlementId} of it, of ${sum}, was ${how}: a person may ask anew`;
    }
  }
};
