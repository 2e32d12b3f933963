import { currencyScale } from '@defter/reconciliation-domain';

/** Which mark divides whole from part; `either` where each file decides. */
export type DecimalMark = 'point' | 'comma' | 'either';

const forms = {
  point: /^([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?$/,
  comma: /^([+-]?)(\d{1,3}(?:[.\u00a0 ]\d{3})+|\d+)(?:,(\d+))?$/,
} as const;

/** One mark and three digits behind it: a thousand, or one and a bit. */
const AMBIGUOUS = /^[+-]?\d{1,3}[.,]\d{3}$/;

/**
 * A decimal amount in minor units, or a text that says what is wrong. Exact: no double is involved. With
 * `either`, `1.234` is refused: nothing says what it is.
 */
export function minorOf(text: string, currency: string, mark: DecimalMark): bigint | string {
  const scale = currencyScale(currency);
  const read = { point: inForm(text, scale, 'point'), comma: inForm(text, scale, 'comma') };
  if (mark !== 'either') return read[mark] ?? `"${text}" is no amount in ${currency}`;
  const { point, comma } = read;
  if (AMBIGUOUS.test(text.trim()))
    return `"${text}" may be two amounts: say which mark divides whole from part`;
  return point ?? comma ?? `"${text}" is no amount in ${currency}`;
}

/** Digits behind the mark that files carry where they split amounts: iyzico writes up to eight. */
export const FINE_DIGITS = 8;

/** A decimal amount in hundred-millionths of the currency, or undefined when it is none. */
export const fineOf = (text: string, mark: keyof typeof forms): bigint | undefined =>
  inForm(text, FINE_DIGITS, mark);

/** To minor units, halves away from zero. */
export function roundedFine(fine: bigint, currency: string): bigint {
  const unit = 10n ** BigInt(FINE_DIGITS - currencyScale(currency));
  const size = ((fine < 0n ? -fine : fine) + unit / 2n) / unit;
  return fine < 0n ? -size : size;
}

/** Digits beyond the currency's own must be zeros: nothing is rounded away. */
function inForm(text: string, scale: number, mark: keyof typeof forms): bigint | undefined {
  const [, sign = '', whole, part = ''] = forms[mark].exec(text.trim()) ?? [];
  if (whole === undefined || whole.length > 30 || !/^0*$/.test(part.slice(scale))) return undefined;
  const digits = whole.replace(/\D/g, '') + part.slice(0, scale).padEnd(scale, '0');
  return sign === '-' ? -BigInt(digits) : BigInt(digits);
}
