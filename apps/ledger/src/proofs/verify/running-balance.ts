import type { Columns, Findings } from './findings.js';

interface Movement {
  readonly sequence: number;
  readonly input: string;
  readonly output: string;
  readonly pendingIn: string;
  readonly pendingOut: string;
  readonly after: string | null;
}

interface BalanceRow {
  readonly columns: Columns;
  readonly firstSequence: number;
  readonly lastSequence: number;
}

const COLUMNS = ['input', 'output', 'pending_in', 'pending_out'] as const;

/** One balance, event by event: what it must be after each, and what the events and the table say it is. */
export class RunningBalance {
  private amounts: bigint[] = [0n, 0n, 0n, 0n];
  private first: number | undefined;
  private last = 0;

  constructor(
    private readonly account: string,
    private readonly asset: string,
    private readonly findings: Findings,
  ) {}

  /** Adds what an event moved, and compares with the balance that the event noted. */
  add({ sequence, input, output, pendingIn, pendingOut, after }: Movement): void {
    const moved = [input, output, pendingIn, pendingOut].map(BigInt);
    this.amounts = this.amounts.map((amount, index) => amount + (moved[index] ?? 0n));
    this.first ??= sequence;
    this.last = sequence;
    const noted = notedOf(after);
    if (noted?.every((amount, index) => amount === this.amounts[index]) === true) return;
    const { account, asset } = this;
    const [expected, found] = [textOf(this.amounts), noted === undefined ? after : textOf(noted)];
    this.findings.add({
      table: 'event',
      kind: 'differs',
      at: { sequence, account, asset },
      what: 'balance after it (input output pending_in pending_out)',
      expected,
      found,
    });
  }

  /** What is reserved now. */
  get pending(): Columns {
    return { pending_in: `${this.amounts[2]}`, pending_out: `${this.amounts[3]}` };
  }

  /** Compares with the row of `balance`, or its absence. */
  compare(row: BalanceRow | undefined): void {
    const at = { account: this.account, asset: this.asset };
    const expected = Object.fromEntries(COLUMNS.map((column, index) => [column, `${this.amounts[index]}`]));
    this.findings.compare('balance', at, this.first === undefined ? undefined : expected, row?.columns);
    if (row === undefined || this.first === undefined) return;
    // The row has the last event of the commit that touched it; 0 as the first is "not known".
    if (row.lastSequence < this.last) this.wrongPlace('sequence', `from ${this.last}`, row.lastSequence);
    if (row.firstSequence > this.first)
      this.wrongPlace('first_sequence', `to ${this.first}`, row.firstSequence);
  }

  private wrongPlace(what: string, expected: string, found: number): void {
    const at = { account: this.account, asset: this.asset };
    this.findings.add({ table: 'balance', kind: 'differs', at, what, expected, found: `${found}` });
  }
}

const textOf = (amounts: readonly bigint[]): string => amounts.join(' ');

/** The four amounts that an event noted; undefined where a changed payload has something else. */
const notedOf = (text: string | null): bigint[] | undefined => {
  try {
    const noted: unknown = JSON.parse(text ?? 'null');
    return Array.isArray(noted) && noted.length === 4
      ? noted.map((amount) => BigInt(amount as string))
      : undefined;
  } catch {
    return undefined;
  }
};
