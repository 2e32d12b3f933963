import type { Setting } from './config.js';

/** Any text. */
export const text = (env: string, fallback?: string): Setting<string> =>
  setting(env, fallback, (value) => value);

/** Text that is never printed: URLs with passwords, tokens, keys. */
export const secret = (env: string, fallback?: string): Setting<string> => ({
  ...setting(env, fallback, (value) => value),
  secret: true,
});

/** A TCP port; 0 lets the system choose (tests). */
export const port = (env: string, fallback?: number): Setting<number> =>
  setting(env, fallback, (value) => whole(value, 0, 65_535, 'a port between 0 and 65535'));

/** A whole number ≥ 0 that fits a double exactly. Never for money. */
export const integer = (env: string, fallback?: number): Setting<number> =>
  setting(env, fallback, (value) => whole(value, 0, Number.MAX_SAFE_INTEGER, 'a whole number'));

/** `true` or `false`, nothing else. */
export const bool = (env: string, fallback?: boolean): Setting<boolean> =>
  setting(env, fallback, (value) => {
    if (value !== 'true' && value !== 'false') throw new Error('must be true or false');
    return value === 'true';
  });

/** Comma-separated, at least one element. */
export const list = (env: string, fallback?: readonly string[]): Setting<readonly string[]> =>
  setting(env, fallback, (value) => {
    const items = value.split(',').map((item) => item.trim());
    if (items.some((item) => item === ''))
      throw new Error('must be a comma-separated list without empty elements');
    return items;
  });

/** One of the given words. */
export const oneOf = <const W extends string>(
  env: string,
  words: readonly W[],
  fallback?: NoInfer<W>,
): Setting<W> =>
  setting(env, fallback, (value) => {
    const word = words.find((candidate) => candidate === value);
    if (word === undefined) throw new Error(`must be one of ${words.join(', ')}`);
    return word;
  });

/** An http or https URL, without a slash at the end. */
export const url = (env: string, fallback?: string): Setting<string> =>
  setting(env, fallback, (value) => {
    if (!URL.canParse(value) || !/^https?:\/\//.test(value)) throw new Error('must be an http or https URL');
    return value.replace(/\/+$/, '');
  });

/** A duration with its unit (`250ms`, `5s`, `2m`, `1h`), as milliseconds. */
export const duration = (env: string, fallback?: number): Setting<number> =>
  setting(env, fallback, (value) => {
    const [, digits, unit] = /^(\d{1,9})(ms|s|m|h)$/.exec(value) ?? [];
    if (digits === undefined || unit === undefined)
      throw new Error('must be a duration such as 250ms, 5s, 2m or 1h');
    return whole(digits, 0, 999_999_999, 'a duration') * (unitMs[unit] ?? 1);
  });

/** The same setting, absent allowed: its value is then `undefined`. */
export const optional = <T>(of: Setting<T>): Setting<T | undefined> => ({ ...of, optional: true });

const unitMs: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

function setting<T>(env: string, fallback: T | undefined, parse: (value: string) => T): Setting<T> {
  return { env, secret: false, fallback, optional: false, parse };
}

function whole(value: string, min: number, max: number, what: string): number {
  const parsed = /^\d{1,16}$/.test(value) ? Number.parseInt(value, 10) : Number.NaN;
  if (!(parsed >= min && parsed <= max)) throw new Error(`must be ${what}`);
  return parsed;
}
