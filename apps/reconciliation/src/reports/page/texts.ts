import type { Language } from '../report.js';
import type { english } from './texts-en.js';

/** The form of the texts of every language: words, and sentences with gaps. */
export type Texts = {
  readonly [Name in keyof typeof english]: Widened<(typeof english)[Name]>;
};

type Widened<T> = T extends string
  ? string
  : T extends (...gaps: infer Gaps) => string
    ? (...gaps: Gaps) => string
    : T extends { readonly today: string } | { readonly queued: string }
      ? { readonly [Key in keyof T]: string }
      : Readonly<Record<string, string>>;

/** The language that a caller asks for: by name, else by what the browser prefers, else the given one. */
export function languageOf(name: unknown, accepted: string | undefined, otherwise: Language): Language {
  if (name === 'en' || name === 'tr') return name;
  const [first = ''] = (accepted ?? '').toLowerCase().split(/[,;]/);
  if (first.startsWith('tr')) return 'tr';
  return first.startsWith('en') ? 'en' : otherwise;
}
