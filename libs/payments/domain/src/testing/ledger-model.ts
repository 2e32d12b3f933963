import type { BookingKind } from '../index.js';

/**
 * One payout's money as the ledger would have it: a hold that anyone with the right may end, and the wallet.
 */
export class LedgerModel {
  private hold: 'open' | 'posted' | 'voided' = 'open';
  /** How often the amount is out of the wallet. */
  out = 0;
  /** How often it is our loss. */
  lost = 0;
  /** Whether the wallet has anything left to debit. */
  isSpent = false;
  /** How many ends of the hold come under keys that somebody has used for something else. */
  usedKeys = 0;
  /** Bookings that were answered. */
  done = 0;

  get isHeld(): boolean {
    return this.hold === 'open';
  }

  /** What somebody with a key of their own does. */
  endHold(how: 'others post' | 'others void'): void {
    if (this.hold !== 'open') return;
    this.hold = how === 'others post' ? 'posted' : 'voided';
    if (this.hold === 'posted') this.out++;
  }

  /** Does what is asked, or says why not. */
  book(kind: BookingKind): string | undefined {
    this.done++;
    if (kind === 'late_debit' && this.isSpent) return 'insufficient-funds';
    if (kind === 'late_debit') this.out++;
    if (kind === 'loss') this.lost++;
    if (kind === 'return' && this.lost > 0) this.lost--;
    else if (kind === 'return') this.out--;
    if (kind !== 'post' && kind !== 'void') return undefined;
    if (this.usedKeys > 0) {
      this.usedKeys--;
      return 'idempotency-key-conflict';
    }
    if (this.hold !== 'open') return `hold-already-${this.hold}`;
    this.hold = kind === 'post' ? 'posted' : 'voided';
    if (kind === 'post') this.out++;
    return undefined;
  }
}
