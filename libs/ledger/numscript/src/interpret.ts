/**
 * Runs the sends of a plan, one after the other, on the balances that it is given. Changes nothing but its
 * own record of what it has moved so far.
 */
import { assertNever } from '@defter/kernel';
import type { Destination, Overdraft, Source, Target } from './ast.js';
import type { Bound, BoundSend, Plan } from './bind.js';
import { divide } from './portion.js';

export interface Movement {
  readonly source: string;
  readonly destination: string;
  readonly asset: string;
  readonly amount: bigint;
}

/** The money that a script may draw on. */
export interface Funds {
  /** What the account has, less what is held. */
  available(account: string, asset: string): bigint;
  /** How low its account type lets it fall; null is without end. No clause of a script goes below. */
  floor(account: string): bigint | null;
  /** Whether what an account receives can be sent on by a later statement; held money can't. */
  readonly arrives: boolean;
}

/** A source was asked for more than it could give. */
export interface Shortage {
  /** The last source that was asked. */
  readonly account: string;
  readonly asset: string;
  /** What was still missing when it was asked. */
  readonly needed: bigint;
  /** What it could give. */
  readonly available: bigint;
}

export type Run =
  | { readonly moved: true; readonly movements: readonly Movement[] }
  | { readonly moved: false; readonly shortage: Shortage };

interface Piece {
  readonly account: string;
  readonly amount: bigint;
}

const smaller = (a: bigint, b: bigint | null): bigint => (b === null || a < b ? a : b);

/** Runs a plan. Movements of nothing are left out, so there may be none. */
export const interpret = ({ sends }: Plan, funds: Funds): Run => {
  const movements: Movement[] = [];
  const changes = new Map<string, bigint>();
  for (const send of sends) {
    const run = new SendRun(send, funds, changes);
    const shortage = run.draw();
    if (shortage !== undefined) return { moved: false, shortage };
    movements.push(...run.hand());
  }
  return { moved: true, movements };
};

class SendRun {
  /** What the sources gave, in order. */
  private readonly drawn: Piece[] = [];
  private readonly movements: Movement[] = [];
  private shortage: Shortage | undefined;
  private asked = '';

  constructor(
    private readonly send: BoundSend,
    private readonly funds: Funds,
    /** What the script has moved so far, by account and asset. */
    private readonly changes: Map<string, bigint>,
  ) {}

  /** Takes the money from the sources. */
  draw(): Shortage | undefined {
    const { amount, source } = this.send;
    if (amount.kind === 'all') this.take(source, null);
    else if (!this.supply(source, amount.money)) return this.shortage;
    return undefined;
  }

  /** Gives the money to the destinations. */
  hand(): readonly Movement[] {
    const total = this.drawn.reduce((sum, { amount }) => sum + amount, 0n);
    this.give(this.send.destination, total);
    return this.movements;
  }

  /** Takes exactly so much; false when it isn't there. */
  private supply(source: Source<Bound>, wanted: bigint): boolean {
    if (source.kind !== 'allotted') return this.take(source, wanted) === wanted;
    const shares = divide(
      wanted,
      source.parts.map(({ share }) => share),
    );
    return source.parts.every(({ of }, index) => this.supply(of, shares[index] ?? 0n));
  }

  /** Takes at most so much (null: all that is there), and says how much it was. */
  private take(source: Source<Bound>, most: bigint | null): bigint {
    switch (source.kind) {
      case 'account':
        return this.takeFrom(source.account, most, source.overdraft);
      case 'capped': {
        const taken = this.take(source.source, smaller(source.cap, most));
        this.note(most, taken);
        return taken;
      }
      case 'ordered': {
        let taken = 0n;
        for (const each of source.sources) taken += this.take(each, most === null ? null : most - taken);
        return taken;
      }
      case 'allotted':
        throw new Error('An allotment stands where no amount is known');
      default:
        return assertNever(source);
    }
  }

  private takeFrom(account: string, most: bigint | null, overdraft: Overdraft<Bound>): bigint {
    const room = this.room(account, overdraft);
    const amount = most === null ? (room ?? 0n) : smaller(most, room);
    this.asked = account;
    this.note(most, amount);
    this.change(account, -amount);
    const last = this.drawn.at(-1);
    if (last?.account === account) this.drawn.splice(-1, 1, { account, amount: last.amount + amount });
    else if (amount > 0n) this.drawn.push({ account, amount });
    return amount;
  }

  /** Remembers what the last source lacks: if none behind it has it, this is the reason. */
  private note(most: bigint | null, taken: bigint): void {
    if (most === null || taken === most) return;
    this.shortage = { account: this.asked, asset: this.send.asset, needed: most, available: taken };
  }

  /** How much the account can still give; null is without end. */
  private room(account: string, overdraft: Overdraft<Bound>): bigint | null {
    const lowest = this.lowest(account, overdraft);
    if (lowest === null) return null;
    const { asset } = this.send;
    const left =
      this.funds.available(account, asset) + (this.changes.get(`${account} ${asset}`) ?? 0n) - lowest;
    return left > 0n ? left : 0n;
  }

  /** How low the account may go: as far as the script allows, and never below its floor. */
  private lowest(account: string, overdraft: Overdraft<Bound>): bigint | null {
    const floor = this.funds.floor(account);
    if (account === 'world' || overdraft.kind === 'unbounded') return floor;
    const allowed = overdraft.kind === 'limited' ? -overdraft.limit : 0n;
    return floor === null || allowed > floor ? allowed : floor;
  }

  private give(destination: Destination<Bound>, amount: bigint): void {
    switch (destination.kind) {
      case 'account':
        return this.giveTo(destination.account, amount);
      case 'ordered': {
        let left = amount;
        for (const { cap, target } of destination.caps) {
          const part = smaller(left, cap);
          this.giveTarget(target, part);
          left -= part;
        }
        return this.giveTarget(destination.rest, left);
      }
      case 'allotted': {
        const { parts } = destination;
        const shares = divide(
          amount,
          parts.map(({ share }) => share),
        );
        return parts.forEach(({ of }, index) => this.giveTarget(of, shares[index] ?? 0n));
      }
      default:
        return assertNever(destination);
    }
  }

  private giveTarget(target: Target<Bound>, amount: bigint): void {
    if (target.kind !== 'kept') return this.give(target, amount);
    for (const { account, amount: kept } of this.next(amount)) this.change(account, kept);
  }

  private giveTo(destination: string, amount: bigint): void {
    const { asset } = this.send;
    for (const { account: source, amount: part } of this.next(amount)) {
      const last = this.movements.at(-1);
      if (last?.source === source && last.destination === destination) {
        this.movements.splice(-1, 1, { ...last, amount: last.amount + part });
      } else this.movements.push({ source, destination, asset, amount: part });
      if (this.funds.arrives) this.change(destination, part);
    }
  }

  /** The next of the drawn money, in the order in which it was drawn. */
  private next(amount: bigint): readonly Piece[] {
    const pieces: Piece[] = [];
    let left = amount;
    while (left > 0n) {
      const first = this.drawn[0];
      if (first === undefined) throw new Error('More was handed out than was drawn');
      const part = smaller(left, first.amount);
      pieces.push({ account: first.account, amount: part });
      if (part === first.amount) this.drawn.shift();
      else this.drawn[0] = { account: first.account, amount: first.amount - part };
      left -= part;
    }
    return pieces;
  }

  private change(account: string, amount: bigint): void {
    const key = `${account} ${this.send.asset}`;
    this.changes.set(key, (this.changes.get(key) ?? 0n) + amount);
  }
}
