import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type ExistingIntent,
  type HeldBookingKind,
  type IntentBooking,
  type IntentCommand,
  planOf,
} from './index.js';
import { at, bookedBy, disputed, idsBy, paid, refunding, refunds, refused } from './testing/refunding.js';
import { AT } from './testing/samples.js';
import { apply } from './testing/tellings.js';

describe('a lost dispute whose hold was refused', () => {
  const uncovered = at(paid, disputed('pending'), refused('dispute:op_d:hold'));

  it('is taken from whoever was paid when they have the money by then', () => {
    const lost = bookedBy(uncovered, disputed('succeeded'));
    expect(lost.map(({ bookingId }) => bookingId)).toEqual(['dispute:op_d:late_debit']);
    const [booking] = lost;
    if (booking === undefined) throw new Error('no booking');
    expect(planOf(apply(uncovered, disputed('succeeded')) as ExistingIntent, booking)).toEqual({
      ...{ act: 'create', reference: 'dispute:op_d:late_debit' },
      postings: [{ source: 'users:42:main', destination: 'psp:c_1:receivable', amountMinor: 1000n }],
    });
  });

  it('is owed by them when they have not, once, in place of the debit; refused, it is our loss', () => {
    const lost = apply(uncovered, disputed('succeeded'));
    const [debt] = bookedBy(lost, refused('dispute:op_d:late_debit'));
    if (debt === undefined) throw new Error('no booking');
    const owed = apply(lost, refused('dispute:op_d:late_debit')) as ExistingIntent;
    expect(planOf(owed, debt)).toEqual({
      ...{ act: 'create', reference: 'dispute:op_d:late_debit' },
      postings: [{ source: 'users:42:debt', destination: 'psp:c_1:receivable', amountMinor: 1000n }],
    });
    expect(idsBy(owed, refused('dispute:op_d:late_debit'))).toEqual([]);
    const never = refused('dispute:op_d:debt', 'account-closed');
    expect(idsBy(owed, never)).toEqual(['dispute:op_d:loss']);
    expect(idsBy(apply(owed, never), never)).toEqual([]);
  });

  it('is owed still when the ledger has no funds for a debt: that is asked again, each once', () => {
    const owed = at(paid, disputed('pending'), refused('dispute:op_d:hold'), disputed('succeeded'));
    const asked = apply(owed, refused('dispute:op_d:late_debit'));
    const again = (bookingId: string): IntentCommand => ({ ...refused(bookingId), isAgain: true }) as never;
    // Nothing follows at once: the ledger would say the same.
    expect(idsBy(asked, refused('dispute:op_d:debt'))).toEqual([]);
    expect(idsBy(asked, again('dispute:op_d:debt'))).toEqual(['dispute:op_d:debt:2']);
    const twice = apply(asked, again('dispute:op_d:debt'));
    expect(idsBy(twice, again('dispute:op_d:debt'))).toEqual([]);
    expect(idsBy(twice, again('dispute:op_d:debt:2'))).toEqual(['dispute:op_d:debt:3']);
  });

  it('is asked for once, when it was lost before the refusal of the hold was heard', () => {
    const early = at(paid, disputed('pending'), disputed('succeeded'));
    expect(idsBy(early, refused('dispute:op_d:hold'))).toEqual(['dispute:op_d:late_debit']);
    const asked = apply(early, refused('dispute:op_d:hold'));
    expect(idsBy(asked, refused('dispute:op_d:post'))).toEqual([]);
    expect(idsBy(asked, refused('dispute:op_d:late_debit'))).toEqual(['dispute:op_d:debt']);
  });

  it('is not taken a second time where somebody else posted the hold', () => {
    const lost = at(paid, disputed('pending'), disputed('succeeded'));
    expect(idsBy(lost, refused('dispute:op_d:post', 'hold-already-posted'))).toEqual([]);
    expect(idsBy(lost, refused('dispute:op_d:post', 'hold-already-voided'))).toEqual([
      'dispute:op_d:late_debit',
    ]);
  });
});

describe('a refund that came back', () => {
  it('is booked in again, the way it went out, once', () => {
    const succeeded = at(refunding, refunds('succeeded'));
    const [back] = bookedBy(succeeded, refunds('returned'));
    if (back === undefined) throw new Error('no booking');
    const returned = apply(succeeded, refunds('returned')) as ExistingIntent;
    expect(returned.refunds).toMatchObject([{ status: 'returned' }]);
    expect(planOf(returned, back)).toEqual({
      ...{ act: 'create', reference: 'refund:op_r:return' },
      postings: [{ source: 'psp:c_1:receivable', destination: 'users:42:main', amountMinor: 300n }],
    });
    for (const later of ['returned', 'succeeded', 'failed'] as const)
      expect(idsBy(returned, refunds(later))).toEqual([]);
  });

  it('before its success is heard, or after it was said to fail, leaves the money where it was', () => {
    expect(idsBy(at(refunding), refunds('returned'))).toEqual(['refund:op_r:post', 'refund:op_r:return']);
    expect(idsBy(at(refunding, refunds('failed')), refunds('returned'))).toEqual([]);
  });

  it('can be given back again', () => {
    const all = { refundId: 're_2', operationId: 'op_q', of: null, amountMinor: null } as const;
    const again: IntentCommand = {
      ...{ type: 'RequestRefund', ...all, reason: null, metadata: {}, by: 'a', at: AT },
    };
    const amountOf = (intent: ExistingIntent) =>
      (apply(intent, again) as ExistingIntent).refunds[1]?.operation.amountMinor;
    expect(amountOf(at(refunding, refunds('succeeded')))).toBe(700n);
    expect(amountOf(at(refunding, refunds('succeeded'), refunds('returned')))).toBe(1000n);
  });

  it('was debited late where somebody else had given its hold back, and not where they had posted it', () => {
    const succeeded = at(refunding, refunds('succeeded'));
    expect(idsBy(succeeded, refused('refund:op_r:post', 'hold-already-posted'))).toEqual([]);
    for (const code of ['hold-already-voided', 'hold-expired'])
      expect(idsBy(succeeded, refused('refund:op_r:post', code))).toEqual(['refund:op_r:late_debit']);
    const asked = apply(succeeded, refused('refund:op_r:post', 'hold-already-voided'));
    expect(idsBy(asked, refused('refund:op_r:post', 'hold-already-voided'))).toEqual([]);
    expect(idsBy(asked, refused('refund:op_r:late_debit'))).toEqual(['refund:op_r:loss']);
    expect(idsBy(asked, refunds('returned'))).toEqual(['refund:op_r:return']);
  });

  it('goes to us where the loss was ours', () => {
    const late = at(refunding, refunds('failed'), refunds('succeeded'), refused('refund:op_r:late_debit'));
    const [back] = bookedBy(late, refunds('returned'));
    if (back === undefined) throw new Error('no booking');
    expect(planOf(apply(late, refunds('returned')) as ExistingIntent, back).postings).toEqual([
      { source: 'psp:c_1:receivable', destination: 'fees:losses', amountMinor: 300n },
    ]);
  });
});

/** The ledger: what a refund left in the wallet that bears it, and in our losses. */
class Books {
  wallet = 0n;
  losses = 0n;
  private hold: 'open' | 'ended' = 'open';
  /** Ends of the hold that come under a key which somebody has used for something else. */
  usedKeys = 0;

  constructor(private funds: bigint) {}

  /** Somebody else gives the hold back, or it expires. */
  endHold(): void {
    if (this.hold === 'ended') return;
    this.hold = 'ended';
    this.funds++;
  }

  get isHeld(): boolean {
    return this.hold === 'open';
  }

  /** Does it, or says why not. */
  book(
    { kind }: IntentBooking,
    postings: readonly { readonly source: string }[],
  ): 'hold-already-voided' | 'idempotency-key-conflict' | 'insufficient-funds' | undefined {
    if (kind === 'post' || kind === 'void') {
      if (this.usedKeys > 0) {
        this.usedKeys--;
        return 'idempotency-key-conflict';
      }
      if (this.hold === 'ended') return 'hold-already-voided';
      this.hold = 'ended';
      if (kind === 'post') this.wallet--;
      else this.funds++;
      return undefined;
    }
    if (kind === 'late_debit') {
      if (this.funds < 1n) return 'insufficient-funds';
      this.funds--;
      this.wallet--;
    }
    if (kind === 'loss') this.losses--;
    if (kind === 'return') {
      const isOurs = postings.some((posting) => Object.values(posting).includes('fees:losses'));
      if (isOurs) this.losses++;
      else [this.wallet, this.funds] = [this.wallet + 1n, this.funds + 1n];
    }
    return undefined;
  }

  /** The payer spends what there is. */
  spend(): void {
    this.funds = 0n;
  }
}

describe('whatever is said of a refund, booked and refused, in any order', () => {
  it('it is out once where it went through, from the wallet or as our loss, and else not at all', () => {
    const said = ['pending', 'failed', 'succeeded', 'returned'] as const;
    const step = fc.constantFrom(
      ...([...said, 'ledger', 'ledger', 'spend', 'others void', 'others use the next key'] as const),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 14 }), (steps) => {
        const books = new Books(0n);
        let intent = at(refunding);
        const asked: { readonly booking: IntentBooking; readonly plan: ReturnType<typeof planOf> }[] = [];
        const run = (command: IntentCommand): void => {
          const bookings = bookedBy(intent, command);
          intent = apply(intent, command) as ExistingIntent;
          for (const booking of bookings) asked.push({ booking, plan: planOf(intent, booking) });
        };
        const answer = (): void => {
          const next = asked.shift();
          const code = next && books.book(next.booking, next.plan.postings);
          if (next !== undefined && code !== undefined) run(refused(next.booking.bookingId, code));
        };
        for (const one of steps) {
          if (one === 'ledger') answer();
          else if (one === 'spend') books.spend();
          else if (one === 'others void') books.endHold();
          else if (one === 'others use the next key') books.usedKeys++;
          else run(refunds(one));
        }
        while (asked.length > 0) answer();
        const [{ status, bookings } = { status: '', bookings: [] as readonly HeldBookingKind[] }] =
          intent.refunds;
        const out = books.wallet + books.losses;
        expect({ status, bookings, out }).toEqual({
          status,
          bookings,
          out: status === 'succeeded' ? -1n : 0n,
        });
        if (bookings.length > 0) expect(books.isHeld).toBe(false);
        const once = bookings.filter((kind) => kind === 'loss' || kind === 'return');
        expect(new Set(once).size).toBe(once.length);
      }),
      { numRuns: 3_000 },
    );
  });
});
