import { createHash } from 'node:crypto';

/** Hex digits that follow from the parts alone: this provider has no randomness. */
export function seededHex(length: number, ...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, length);
}

/** A whole number from `min` to `max` (both included) that follows from the parts alone. */
export function seededBetween(min: number, max: number, ...parts: readonly string[]): number {
  return min + (Number.parseInt(seededHex(8, ...parts), 16) % (max - min + 1));
}
