/** Compares values with the JSON Schemas of an OpenAPI document: the keywords that ours uses, no others. */

type Schema = Readonly<Record<string, unknown>>;

export interface Checker {
  /** What is wrong with the value, one line for each place; none when it fits. */
  readonly check: (schema: Schema, value: unknown) => readonly string[];
}

const KEYWORDS = new Set([
  ...['$ref', 'anyOf', 'const', 'enum', 'type', 'description', 'format', 'pattern', 'minLength', 'maxLength'],
  ...[
    'minimum',
    'maximum',
    'items',
    'minItems',
    'maxItems',
    'properties',
    'required',
    'additionalProperties',
  ],
  ...['patternProperties', 'minProperties', 'maxProperties'],
]);

const isInteger = (value: unknown) => typeof value === 'bigint' || Number.isInteger(value);
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  integer: isInteger,
  number: (value) => typeof value === 'number' || typeof value === 'bigint',
  boolean: (value) => typeof value === 'boolean',
  object: isObject,
  array: Array.isArray,
};

/** `strict`: a member that no schema describes is wrong too, unless it is said that there may be others. */
export const checkerOf = (document: Schema, strict: boolean): Checker => {
  const schemas = (document['components'] as { schemas: Readonly<Record<string, Schema>> }).schemas;

  const at = (schema: Schema, value: unknown, place: string): string[] => {
    const unknown = Object.keys(schema).filter((keyword) => !KEYWORDS.has(keyword));
    if (unknown.length > 0) throw new Error(`No check for ${unknown.join(', ')} at ${place}`);
    if (typeof schema['$ref'] === 'string') {
      const target = schemas[schema['$ref'].replace('#/components/schemas/', '')];
      return target === undefined ? [`${place}: ${schema['$ref']} is not there`] : at(target, value, place);
    }
    const { anyOf } = schema as { anyOf?: readonly Schema[] };
    if (anyOf !== undefined) return oneOf(anyOf, value, place);
    return [
      ...scalar(schema, value, place),
      ...members(schema, value, place),
      ...items(schema, value, place),
    ];
  };

  const oneOf = (parts: readonly Schema[], value: unknown, place: string): string[] => {
    const tried = parts.map((part) => at(part, value, place));
    if (tried.some((errors) => errors.length === 0)) return [];
    const nearest = [...tried].sort((a, b) => a.length - b.length)[0] ?? [];
    return [`${place}: none of ${parts.length} fits`, ...nearest];
  };

  const members = (schema: Schema, value: unknown, place: string): string[] => {
    if (!isObject(value) || schema['type'] !== 'object') return [];
    const {
      properties = {},
      required = [],
      patternProperties = {},
      additionalProperties,
    } = schema as {
      properties?: Readonly<Record<string, Schema>>;
      required?: readonly string[];
      patternProperties?: Readonly<Record<string, Schema>>;
      additionalProperties?: boolean;
    };
    const patterns = Object.entries(patternProperties);
    const open = additionalProperties === true || (additionalProperties === undefined && !strict);
    const missing = required.filter((name) => !Object.hasOwn(value, name));
    return [
      ...missing.map((name) => `${place}.${name}: is missing`),
      ...Object.entries(value).flatMap(([name, member]) => {
        const described =
          properties[name] ?? patterns.find(([pattern]) => new RegExp(pattern, 'u').test(name))?.[1];
        if (described !== undefined) return at(described, member, `${place}.${name}`);
        return open ? [] : [`${place}.${name}: is not described`];
      }),
    ];
  };

  const items = (schema: Schema, value: unknown, place: string): string[] => {
    if (!Array.isArray(value) || schema['items'] === undefined) return [];
    return value.flatMap((each, index) => at(schema['items'] as Schema, each, `${place}[${index}]`));
  };

  return { check: (schema, value) => at(schema, value, '$') };
};

const scalar = (schema: Schema, value: unknown, place: string): string[] => {
  const {
    type,
    pattern,
    minLength = 0,
    maxLength = Infinity,
    minimum = -Infinity,
    maximum = Infinity,
  } = schema as {
    type?: string;
    pattern?: string;
    minLength?: number;
    maxLength?: number;
    minimum?: number;
    maximum?: number;
  };
  const wrong: string[] = [];
  if (type !== undefined && TYPES[type]?.(value) !== true) return [`${place}: is no ${type}`];
  if ('const' in schema && schema['const'] !== value)
    wrong.push(`${place}: is not ${String(schema['const'])}`);
  if (Array.isArray(schema['enum']) && !schema['enum'].includes(value))
    wrong.push(`${place}: is another word`);
  if (typeof value === 'string') {
    if (pattern !== undefined && !new RegExp(pattern, 'u').test(value))
      wrong.push(`${place}: has another form`);
    if (value.length < minLength || value.length > maxLength) wrong.push(`${place}: has another length`);
  }
  if (isInteger(value)) {
    const number = value as number | bigint;
    if (number < minimum || number > maximum) wrong.push(`${place}: is out of range`);
  }
  return wrong;
};
