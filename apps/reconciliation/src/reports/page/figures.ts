import { currencyScale } from '@defter/reconciliation-domain';
import type { Language } from '../report.js';

const MARKS = { en: { group: ',', point: '.' }, tr: { group: '.', point: ',' } } as const;
const LOCALES = { en: 'en-GB', tr: 'tr-TR' } as const;

/** Minor units as people read them: `1,250.00 TRY`, in Turkish `1.250,00 TRY`. Exact, whatever the size. */
export function amountOf(minor: string, currency: string, language: Language): string {
  const scale = currencyScale(currency);
  const negative = minor.startsWith('-');
  const digits = minor.replace('-', '').padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const { group, point } = MARKS[language];
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, group);
  const fraction = scale === 0 ? '' : `${point}${digits.slice(-scale)}`;
  return `${negative ? '−' : ''}${grouped}${fraction} ${currency}`;
}

/** A whole number with its groups. */
export const countOf = (count: number, language: Language): string => count.toLocaleString(LOCALES[language]);

/** A business date in words: `26 November 2026`. */
export const dateOf = (date: string, language: Language): string =>
  new Date(`${date}T12:00:00Z`).toLocaleDateString(LOCALES[language], {
    ...{ timeZone: 'UTC', day: 'numeric', month: 'long', year: 'numeric' },
  });

/** A date that must be short: `26 Nov`. */
export const shortDateOf = (date: string, language: Language): string =>
  new Date(`${date}T12:00:00Z`).toLocaleDateString(LOCALES[language], {
    ...{ timeZone: 'UTC', day: 'numeric', month: 'short' },
  });

/** An instant as the zone's clocks show it. */
export const timeOf = (instant: string, zone: string, language: Language): string =>
  new Date(instant).toLocaleString(LOCALES[language], {
    ...{
      timeZone: zone,
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
    },
  });

/** A length of time in its largest whole unit. */
export function spanOf(
  seconds: number,
  words: Readonly<Record<'days' | 'hours' | 'minutes', string>>,
): string {
  if (seconds >= 2 * 86_400) return `${Math.floor(seconds / 86_400)} ${words.days}`;
  if (seconds >= 2 * 3_600) return `${Math.floor(seconds / 3_600)} ${words.hours}`;
  return `${Math.floor(seconds / 60)} ${words.minutes}`;
}

/** So much of a whole, as a number for a drawing; money stays exact where it is written. */
export function shareOf(part: string, whole: string): number {
  const [one, all] = [BigInt(part), BigInt(whole)];
  return all === 0n ? 0 : parseInt(`${(one * 10_000n) / all}`, 10) / 10_000;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Bytes as people read them, in steps of 1,000. */
export function bytesOf(bytes: number): string {
  let [size, unit] = [bytes, 0];
  while (size >= 1_000 && unit < UNITS.length - 1) [size, unit] = [size / 1_000, unit + 1];
  return `${unit === 0 || size >= 100 ? Math.round(size) : Math.round(size * 10) / 10} ${UNITS[unit] ?? ''}`;
}
