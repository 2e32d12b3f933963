/**
 * A second ledger, for the tests only: single-threaded, slow and plain, and sharing no code with the engine.
 * It keeps what happened as a list of movements and answers every question by adding it up.
 */
export interface ModelCommand {
  readonly kind: 'transfer' | 'hold' | 'capture' | 'void' | 'revert';
  readonly from?: string;
  readonly to?: string;
  readonly amount?: bigint;
  /** Number of the transaction that a capture, void or reversal is about. */
  readonly id?: number;
}

interface Entry {
  readonly id: number;
  readonly from: string;
  readonly to: string;
  readonly amount: bigint;
  moved: bigint;
  held: bigint;
  done: boolean;
  reverted: boolean;
  readonly hold: boolean;
}

export class ModelLedger {
  private readonly entries: Entry[] = [];

  posted(account: string): bigint {
    return this.entries.reduce(
      (sum, { from, to, moved }) => sum + (to === account ? moved : 0n) - (from === account ? moved : 0n),
      0n,
    );
  }

  held(account: string): bigint {
    return this.entries.reduce((sum, { from, held }) => sum + (from === account ? held : 0n), 0n);
  }

  available(account: string): bigint {
    return this.posted(account) - this.held(account);
  }

  get transactions(): number {
    return this.entries.length;
  }

  /** The account that a transaction takes from; empty when there is no such transaction. */
  sourceOf(id: number): string {
    return this.entries[id - 1]?.from ?? 'none';
  }

  /** Whether the command is accepted; a refused one changes nothing. */
  apply(command: ModelCommand): boolean {
    const { kind, from = '', to = '', amount = 0n, id = 0 } = command;
    if (kind === 'transfer' || kind === 'hold') return this.add(from, to, amount, kind === 'hold');
    const entry = this.entries[id - 1];
    if (entry === undefined) return false;
    return kind === 'revert' ? this.revert(entry) : this.end(entry, kind === 'capture' ? amount : 0n);
  }

  private revert(entry: Entry): boolean {
    if (entry.hold || entry.reverted) return false;
    entry.reverted = this.add(entry.to, entry.from, entry.amount, false);
    return entry.reverted;
  }

  /** Captures part of an open hold, or nothing of it, and gives the rest back. */
  private end(entry: Entry, captured: bigint): boolean {
    if (!entry.hold || entry.done || captured > entry.held) return false;
    entry.moved = captured;
    entry.held = 0n;
    entry.done = true;
    return true;
  }

  private add(from: string, to: string, amount: bigint, hold: boolean): boolean {
    const needed = from === to && !hold ? 0n : amount;
    if (from !== 'world' && needed > 0n && this.available(from) < needed) return false;
    const id = this.entries.length + 1;
    this.entries.push({
      id,
      from,
      to,
      amount,
      moved: hold ? 0n : amount,
      held: hold ? amount : 0n,
      done: false,
      reverted: false,
      hold,
    });
    return true;
  }
}
