/** Where a difference is: what of it is known. */
export interface Place {
  readonly sequence?: number;
  readonly batch?: number;
  readonly firstSequence?: number;
  readonly lastSequence?: number;
  readonly transaction?: number;
  readonly position?: number;
  readonly account?: string;
  readonly asset?: string;
  readonly checkpoint?: number;
  /** A node of the batches' tree, as level and position. */
  readonly node?: string;
  readonly key?: string;
}

/** A difference between the rows and what they must be. */
export interface Finding {
  readonly table: string;
  /** `missing`: no such row; `unexpected`: nothing explains the row; `differs`: it holds something else. */
  readonly kind: 'missing' | 'unexpected' | 'differs';
  readonly at: Place;
  /** The column, or what of the row. */
  readonly what?: string;
  readonly expected?: string | null;
  readonly found?: string | null;
}

/** What is told while a verification runs. */
export type OnFinding = (finding: Finding) => void;

/** Findings of one table that are told one by one; beyond it they are counted. */
const SHOWN = 1_000;

/** Takes findings: tells the first of each table, counts all. */
export class Findings {
  private readonly counts = new Map<string, number>();

  constructor(private readonly onFinding: OnFinding) {}

  add(finding: Finding): void {
    const count = (this.counts.get(finding.table) ?? 0) + 1;
    this.counts.set(finding.table, count);
    if (count <= SHOWN) this.onFinding(finding);
  }

  /** Compares a row's columns; a difference is a finding of its own. Undefined is a row that isn't there. */
  compare(table: string, at: Place, expected: Columns | undefined, found: Columns | undefined): void {
    if (expected === undefined || found === undefined) {
      if (expected !== found)
        this.add({ table, kind: expected === undefined ? 'unexpected' : 'missing', at });
      return;
    }
    for (const [what, value] of Object.entries(expected)) {
      const other = found[what] ?? null;
      if (value !== other) this.add({ table, kind: 'differs', at, what, expected: value, found: other });
    }
  }

  get byTable(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.counts);
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }
}

/** A row's columns as text. */
export type Columns = Readonly<Record<string, string | null>>;
