/**
 * One measured figure. `ratio` is value / reference (both from the same run); `ok` compares it with the
 * target.
 */
export interface Figure {
  readonly name: string;
  /** Null: not measured, and `note` says why. */
  readonly value: number | null;
  readonly unit: string;
  readonly reference: number | null;
  readonly ratio: number | null;
  readonly target: string;
  readonly ok: boolean;
  readonly note?: string;
}

/** A figure whose ratio to the reference must be at least the target. */
export const atLeast = (
  name: string,
  value: number,
  unit: string,
  against: { reference: number; target: number },
): Figure => {
  const ratio = value / against.reference;
  return {
    name,
    value,
    unit,
    reference: against.reference,
    ratio,
    target: `≥ ${against.target}`,
    ok: ratio >= against.target,
  };
};

/** A figure whose ratio to the reference must be at most the target. */
export const atMost = (
  name: string,
  value: number,
  unit: string,
  against: { reference: number; target: number },
): Figure => {
  const ratio = value / against.reference;
  return {
    name,
    value,
    unit,
    reference: against.reference,
    ratio,
    target: `≤ ${against.target}`,
    ok: ratio <= against.target,
  };
};

/** A figure that must stay below a limit of its own unit. */
export const below = (name: string, value: number, unit: string, limit: number): Figure => ({
  name,
  value,
  unit,
  reference: null,
  ratio: null,
  target: `< ${limit} ${unit}`,
  ok: value < limit,
});

/** A figure that others are compared with. */
export const reference = (name: string, value: number, unit: string): Figure => ({
  name,
  value,
  unit,
  reference: null,
  ratio: null,
  target: 'reference',
  ok: true,
});

/** A figure that the target table names and that nothing can measure yet. */
export const notMeasured = (name: string, target: string, note: string): Figure => ({
  name,
  value: null,
  unit: '',
  reference: null,
  ratio: null,
  target,
  ok: false,
  note,
});

const short = (value: number | null): string => {
  if (value === null) return '–';
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2);
};

/** The figures as a table for people. */
export const printTable = (figures: readonly Figure[]): void => {
  const rows = figures.map(({ name, value, unit, ratio, target, ok, note }) => [
    name,
    `${short(value)} ${value === null ? '' : unit}`,
    short(ratio),
    target,
    target === 'reference' ? '' : ok ? 'met' : (note ?? 'missed'),
  ]);
  const all = [['figure', 'value', 'ratio', 'target', ''], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  for (const row of all) {
    console.log(
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  '),
    );
  }
};
