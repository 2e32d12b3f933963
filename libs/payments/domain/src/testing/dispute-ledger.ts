import type { BookingPlan } from '../index.js';

export const WALLET = 'users:42:main';
export const DEBT = 'users:42:debt';
export const RECEIVABLE = 'psp:c_1:receivable';

/** The ledger, as far as it is about the one dispute: balances by address, and the hold. */
export class DisputeLedger {
  readonly balances = new Map<string, bigint>();
  /** Whether it knows that debts may be negative; one of before doesn't. */
  knowsDebts = true;
  /** Ends of the hold that come under a key which somebody has used for something else. */
  usedKeys = 0;
  private held: BookingPlan | undefined;

  constructor(fundsMinor: bigint) {
    this.balances.set(WALLET, fundsMinor);
  }

  of(account: string): bigint {
    return this.balances.get(account) ?? 0n;
  }

  get isHeld(): boolean {
    return this.held !== undefined;
  }

  /** What the wallet may spend. */
  get available(): bigint {
    return this.of(WALLET) - sumOf(this.held, WALLET);
  }

  add(account: string, amountMinor: bigint): void {
    this.balances.set(account, this.of(account) + amountMinor);
  }

  /** Does what is asked, or says why not. */
  book(plan: BookingPlan): string | undefined {
    if (plan.act === 'post' || plan.act === 'void') {
      if (this.usedKeys > 0) {
        this.usedKeys--;
        return 'idempotency-key-conflict';
      }
      if (this.held === undefined) return 'hold-not-found';
      if (plan.act === 'post') this.move(this.held);
      this.held = undefined;
      return undefined;
    }
    if (sumOf(plan, WALLET) > this.available) return 'insufficient-funds';
    const owed = sumOf(plan, DEBT);
    if (!this.knowsDebts && owed > 0n && owed > this.of(DEBT)) return 'insufficient-funds';
    if (plan.act === 'hold') this.held = plan;
    else this.move(plan);
    return undefined;
  }

  private move({ postings }: BookingPlan): void {
    for (const { source, destination, amountMinor } of postings) {
      this.add(source, -amountMinor);
      this.add(destination, amountMinor);
    }
  }
}

const sumOf = (plan: BookingPlan | undefined, account: string): bigint =>
  (plan?.postings ?? [])
    .filter(({ source }) => source === account)
    .reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
