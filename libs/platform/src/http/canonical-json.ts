import { LosslessNumber } from './json-read.js';
import { writeJson } from './json-write.js';

/**
 * The text that two JSON documents share exactly when they say the same: members sorted by key, no spaces,
 * numbers as they were written.
 */
export function canonicalJson(value: unknown): string {
  return writeJson(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null || value instanceof LosslessNumber) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([key, member]) => [key, sorted(member)]));
}
