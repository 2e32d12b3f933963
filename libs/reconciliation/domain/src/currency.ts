import { asset, formatMoney, isAsset, money } from '@defter/kernel';

/** ISO 4217 currencies whose scale isn't 2. Source: https://www.iso.org/iso-4217-currency-codes.html */
const scales: Readonly<Record<string, number>> = {
  ...{ BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, VND: 0 },
  ...{ VUV: 0, XAF: 0, XOF: 0, XPF: 0 },
  ...{ BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3 },
};

/** How many decimals a currency has; 2 where nothing else is known. */
export const currencyScale = (currency: string): number => scales[currency] ?? 2;

/** What a currency is called in the ledger: `TRY/2`, `JPY`. */
export const assetOfCurrency = (currency: string): string => {
  const scale = currencyScale(currency);
  return scale === 0 ? currency : `${currency}/${scale}`;
};

/** Minor units as people read them: `1250.00 TRY`. What isn't a currency code is shown as it is. */
export function amountText(amount: bigint, currency: string): string {
  const name = assetOfCurrency(currency);
  return isAsset(name) ? formatMoney(money(asset(name), amount)) : `${amount} ${currency}`;
}
