import { Kind, type TSchema } from '@sinclair/typebox';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** Schemas that stand in the document once, under their name. */
export type NamedSchemas = ReadonlyMap<TSchema, string>;

/** Kinds that TypeBox checks by a function of ours, as JSON Schema says them. */
const OWN_KINDS: Readonly<Record<string, Json>> = {
  LargeAmount: { type: 'integer', minimum: 0 },
  LargeSignedAmount: { type: 'integer' },
};

/**
 * A TypeBox schema as JSON Schema 2020-12: what is TypeBox's own is left out, `expected` (our sentence for
 * people) is the description, and named schemas are referred to.
 */
export const toJsonSchema = (schema: TSchema, names: NamedSchemas, isTop = false): Json => {
  const name = isTop ? undefined : names.get(schema);
  if (name !== undefined) return { $ref: `#/components/schemas/${name}` };
  const own = OWN_KINDS[schema[Kind]];
  if (own !== undefined) return own;
  const { expected, ...members } = schema as Readonly<Record<string, unknown>>;
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  const converted = entries.map(([key, value]) => [key, convert(value, names)] as const);
  const description = typeof expected === 'string' ? { description: expected } : {};
  return { ...description, ...(Object.fromEntries(converted) as object) };
};

const convert = (value: unknown, names: NamedSchemas): Json => {
  if (Array.isArray(value)) return value.map((each) => convert(each, names));
  if (typeof value !== 'object' || value === null) return value as Json;
  if (Kind in value) return toJsonSchema(value as unknown as TSchema, names);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, convert(each, names)]));
};
