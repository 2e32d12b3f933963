/** The filters of lists, after their words have been checked. */

/**
 * An address, or a partial one: an empty segment stands for any one segment, an open end for one or more.
 */
export interface AddressPattern {
  readonly segments: readonly string[];
  readonly open: boolean;
}

export type Comparison = '=' | '<' | '<=' | '>' | '>=';

/** One condition on one field of a row. `field` is the name that the list gives it. */
export type Condition =
  | { readonly kind: 'address'; readonly field: string; readonly patterns: readonly AddressPattern[] }
  | { readonly kind: 'text'; readonly field: string; readonly values: readonly string[] }
  | { readonly kind: 'like'; readonly field: string; readonly key?: string; readonly pattern: string }
  | { readonly kind: 'flag'; readonly field: string; readonly value: boolean }
  | {
      readonly kind: 'integer';
      readonly field: string;
      /** The asset of a balance; without it, of any asset. */
      readonly key?: string;
      readonly compare: Comparison;
      readonly value: bigint;
    }
  | {
      readonly kind: 'instant';
      readonly field: string;
      readonly compare: Comparison;
      readonly value: string;
    }
  | { readonly kind: 'metadata'; readonly key: string; readonly values: readonly string[] }
  | { readonly kind: 'exists'; readonly field: string; readonly key?: string };

/** `and` of nothing is true, `or` of nothing is false. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Filter[] }
  | { readonly kind: 'not'; readonly part: Filter }
  | Condition;

export const EVERYTHING: Filter = { kind: 'and', parts: [] };

/** What a list can be filtered by, by the name in the filter. `as` is the list's own name for it. */
export type FieldForm = { readonly as?: string } & (
  | { readonly kind: 'address' | 'flag' | 'integer' | 'instant' | 'metadata' | 'balance' }
  | {
      readonly kind: 'text';
      /** All values there are, where they are few. */
      readonly values?: readonly string[];
      /** Rows without a value exist, so `$exists` makes sense. */
      readonly optional?: boolean;
    }
);

export type FieldForms = Readonly<Record<string, FieldForm>>;

/** The conditions that must all hold: the parts of nested `and`s, flat. */
export const conjuncts = (filter: Filter): readonly Filter[] =>
  filter.kind === 'and' ? filter.parts.flatMap(conjuncts) : [filter];

/** All of them together. */
export const allOf = (parts: readonly Filter[]): Filter => {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind: 'and', parts };
};

/** The filter with every condition replaced. */
export const mapConditions = (filter: Filter, change: (condition: Condition) => Filter): Filter => {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { kind: filter.kind, parts: filter.parts.map((part) => mapConditions(part, change)) };
    case 'not':
      return { kind: 'not', part: mapConditions(filter.part, change) };
    default:
      return change(filter);
  }
};

/** Every condition of the filter, however deep. */
export const conditionsOf = (filter: Filter): readonly Condition[] => {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.parts.flatMap(conditionsOf);
    case 'not':
      return conditionsOf(filter.part);
    default:
      return [filter];
  }
};
