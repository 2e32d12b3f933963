/** Rows as one array per column, in the given order: the parameters of `values ($1, unnest($2), …)`. */
export const columns = <R extends object>(rows: readonly R[], names: readonly (keyof R)[]): unknown[][] =>
  names.map((name) => rows.map((row) => row[name] ?? null));

/** Slices of at most `size`, in order. */
export function* chunks<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}
