/**
 * Digits after the point per ISO 4217 currency; what isn't listed has two. A table of our own, because ICU
 * (and so
 * `Intl`) follows everyday use and says 0 for currencies that banks settle with 2 or 3 digits.
 */
const digits: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0]),
  ),
  ...Object.fromEntries('BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3])),
  CLF: 4,
  UYW: 4,
};

/** The ledger's asset of a currency: `TRY` → `TRY/2`, `JPY` → `JPY`. */
export const assetOfCurrency = (currency: string): string => {
  const scale = digits[currency] ?? 2;
  return scale === 0 ? currency : `${currency}/${scale}`;
};
