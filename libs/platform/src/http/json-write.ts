import { LosslessNumber } from './json-read.js';

/** JSON text that is sent as it is; its writer answers for it being one valid document. */
export class RawJson {
  constructor(readonly text: string) {}
}

/**
 * Writes JSON as JSON.stringify does, with each `bigint` as a JSON integer, every digit kept, and a `Map` as
 * an object whose names are its keys.
 * @throws Error on a number that JSON cannot say (NaN, Infinity): that is a bug, not a null.
 */
export function writeJson(value: unknown): string {
  return write(value) ?? 'null';
}

function write(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'bigint':
      return value.toString();
    case 'number':
      if (!Number.isFinite(value)) throw new Error(`${value} cannot be written as JSON`);
      return String(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      return value === null ? 'null' : writeObject(value);
    default:
      return undefined;
  }
}

const hasToJson = (value: object): value is { toJSON(): unknown } =>
  'toJSON' in value && typeof value.toJSON === 'function';

function writeObject(value: object): string | undefined {
  if (Array.isArray(value)) return writeArray(value);
  if (value instanceof Map) return writeMap(value);
  if (value instanceof RawJson || value instanceof LosslessNumber) return value.text;
  if (hasToJson(value)) return write(value.toJSON());
  let members = '';
  for (const key of Object.keys(value)) {
    const text = write((value as Record<string, unknown>)[key]);
    if (text !== undefined) members += `${members === '' ? '' : ','}${quoted(key)}:${text}`;
  }
  return `{${members}}`;
}

function writeMap(map: ReadonlyMap<string, unknown>): string {
  let members = '';
  for (const [key, value] of map) {
    const text = write(value);
    if (text !== undefined) members += `${members === '' ? '' : ','}${JSON.stringify(key)}:${text}`;
  }
  return `{${members}}`;
}

function writeArray(value: readonly unknown[]): string {
  let items = '';
  for (let index = 0; index < value.length; index++) {
    items += `${index === 0 ? '' : ','}${write(value[index]) ?? 'null'}`;
  }
  return `[${items}]`;
}

/** Names of members with their quotes: most answers repeat the same few. */
const knownKeys = new Map<string, string>();
const KNOWN_KEYS_LIMIT = 1_000;

function quoted(key: string): string {
  const known = knownKeys.get(key);
  if (known !== undefined) return known;
  const text = JSON.stringify(key);
  if (knownKeys.size < KNOWN_KEYS_LIMIT) knownKeys.set(key, text);
  return text;
}
