import { assetOfCurrency, type BatchRefusal, type EndedSettlement } from '@defter/payments-domain';

/** An amount as people read it: `9.75 TRY`, `-975 JPY`. */
export const amountText = (amountMinor: bigint, currency: string): string => {
  const scale = Number.parseInt(assetOfCurrency(currency).split('/')[1] ?? '0', 10);
  const digits = (amountMinor < 0n ? -amountMinor : amountMinor).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const text = scale === 0 ? whole : `${whole}.${digits.slice(-scale)}`;
  return `${amountMinor < 0n ? '-' : ''}${text} ${currency}`;
};

/** Why a batch isn't settled, and what people do next, as its finding says it. */
export const reasonOf = (refusal: BatchRefusal, currency: string): string => {
  const text = (amountMinor: bigint): string => amountText(amountMinor, currency);
  switch (refusal.code) {
    case 'batch-sums-differ':
      return [
        `its net is ${text(refusal.netMinor)}`,
        `gross less fees gives ${text(refusal.expectedMinor)}; ${NOTHING}`,
      ].join(', ');
    case 'bank-differs':
      return `its net is ${text(refusal.netMinor)}, the bank booked ${text(refusal.bankMinor)}; ${NOTHING}`;
    case 'batch-pays-nothing':
      return `its net is ${text(refusal.netMinor)}, which no bank credits; ${NOTHING}`;
    case 'settled-otherwise':
      return `settlement ${refusal.settlementId} of it is of ${text(refusal.amountMinor)}; ${NOTHING}`;
    case 'credit-settled':
      return `what the bank credited for it is in settlement ${refusal.settlementId} already; ${NOTHING}`;
    case 'settlement-ended': {
      const { settlementId, how, amountMinor } = refusal;
      return `settlement ${settlementId} of it, of ${text(amountMinor)}, ${ENDED[how]}`;
    }
  }
};

const NOTHING = 'nothing was booked on these figures';

/** What became of it, and the next step. */
const ENDED: Readonly<Record<EndedSettlement['how'], string>> = {
  rejected: 'was rejected, and it pays another amount now: a person may ask for that by its name',
  withdrawn: 'was withdrawn, and it pays another amount now: a person may ask for that by its name',
  refused:
    'was approved, but the ledger refused its booking: find out why, then a person asks for it anew by its ' +
    'name',
  reverted:
    'was booked, and then reverted in the ledger: if that was a mistake, a person asks for it anew by its ' +
    'name',
};
