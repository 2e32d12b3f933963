import type { EngineRefusal } from './submission.js';

const AMOUNTS = new Set(['asked', 'held', 'needed', 'available', 'amount', 'actual']);

/** A refusal as it is kept beside its key: amounts as text. */
export const encodeRefusal = (refusal: EngineRefusal): string =>
  JSON.stringify(refusal, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));

/** Reads a kept refusal back. */
export const decodeRefusal = (stored: Readonly<Record<string, unknown>>): EngineRefusal =>
  Object.fromEntries(
    Object.entries(stored).map(([name, value]) => [
      name,
      AMOUNTS.has(name) ? BigInt(value as string) : value,
    ]),
  ) as EngineRefusal;
