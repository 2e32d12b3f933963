import { LosslessNumber } from './json-read.js';

/** JSON text that is sent as it is; its writer answers for it being one valid document. */
export class RawJson {
  constructor(readonly text: string) {}
}

/**
 * Writes JSON as JSON.stringify does, with each `bigint` as a JSON integer, every digit kept.
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
  if (Array.isArray(value)) return `[${value.map((item) => write(item) ?? 'null').join(',')}]`;
  if (value instanceof RawJson || value instanceof LosslessNumber) return value.text;
  if (hasToJson(value)) return write(value.toJSON());
  let members = '';
  for (const [key, member] of Object.entries(value)) {
    const text = write(member);
    if (text !== undefined) members += `${members === '' ? '' : ','}${JSON.stringify(key)}:${text}`;
  }
  return `{${members}}`;
}
