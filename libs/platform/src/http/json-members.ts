import { LosslessNumber, parseJson } from './json-read.js';

/** The bytes as JSON, read strictly (no key twice, UTF-8, no double), or undefined when they are none. */
export function readJson(bytes: Uint8Array | string): unknown {
  try {
    return parseJson(bytes);
  } catch {
    return undefined;
  }
}

/** A member of a JSON object, or undefined. */
export function memberOf(value: unknown, field: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, field)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[field];
}

/** A member that is text and not empty, or undefined. */
export function textMember(value: unknown, field: string): string | undefined {
  const member = memberOf(value, field);
  return typeof member === 'string' && member !== '' ? member : undefined;
}

/** A member that is text or a number, as it is written: no number passes through a double. */
export function writtenMember(value: unknown, field: string): string | undefined {
  const member = memberOf(value, field);
  const isNumber =
    typeof member === 'number' || typeof member === 'bigint' || member instanceof LosslessNumber;
  return isNumber ? member.toString() : textMember(value, field);
}

/** A member that is a list; an empty one where there is none. */
export function listMember(value: unknown, field: string): readonly unknown[] {
  const member = memberOf(value, field);
  return Array.isArray(member) ? member : [];
}
