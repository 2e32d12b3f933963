import { assetOfCurrency } from '@defter/payments-domain';
import type { Language } from './page-texts.js';

/** An amount as people read it, to the last digit: `₺1.234,50`, `₺1,234.50`. */
export const moneyText = (amountMinor: bigint, currency: string, language: Language): string => {
  const [, digits = '0'] = assetOfCurrency(currency).split('/');
  const scale = Number.parseInt(digits, 10);
  const padded = amountMinor.toString().padStart(scale + 1, '0');
  const whole = padded.slice(0, padded.length - scale);
  const text = scale === 0 ? whole : `${whole}.${padded.slice(-scale)}`;
  const options = { minimumFractionDigits: scale, maximumFractionDigits: scale };
  const format = new Intl.NumberFormat(language, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    ...options,
  });
  // Decimal text is formatted exactly, of any length; a number would be rounded.
  return format.format(text as Intl.StringNumericLiteral);
};
