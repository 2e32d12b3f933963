import { describe, expect, it } from '@jest/globals';
import {
  absentPayout,
  decidePayout,
  evolvePayout,
  type ExistingIntent,
  type Payout,
  type PayoutCommand,
} from './index.js';
import { at, disputed, idsBy, paid, refunding, refunds, refused } from './testing/refunding.js';
import { AT, payoutSubmitted, seen } from './testing/samples.js';
import { apply } from './testing/tellings.js';

describe('the end of a hold whose key somebody had used for something else', () => {
  const used = (bookingId: string) => refused(bookingId, 'idempotency-key-conflict');

  it('of a refund is asked for under the next key, as often as it must, each once', () => {
    const succeeded = at(refunding, refunds('succeeded'));
    expect(idsBy(succeeded, used('refund:op_r:post'))).toEqual(['refund:op_r:post:2']);
    const again = apply(succeeded, used('refund:op_r:post')) as ExistingIntent;
    expect(idsBy(again, used('refund:op_r:post'))).toEqual([]);
    expect(idsBy(again, used('refund:op_r:post:2'))).toEqual(['refund:op_r:post:3']);
    expect(idsBy(again, refused('refund:op_r:post:2', 'hold-already-posted'))).toEqual([]);
    expect(idsBy(again, refused('refund:op_r:post:2', 'hold-already-voided'))).toEqual([
      'refund:op_r:late_debit',
    ]);
    expect(idsBy(at(refunding, refunds('failed')), used('refund:op_r:void'))).toEqual(['refund:op_r:void:2']);
  });

  it('of a refund that went through after all leaves the funds to its late debit', () => {
    const late = at(refunding, refunds('failed'), refunds('succeeded'), used('refund:op_r:void'));
    expect(late.refunds[0]?.bookings).toEqual(['void', 'late_debit', 'void']);
    // The hold still had them.
    expect(idsBy(late, refused('refund:op_r:late_debit'))).toEqual(['refund:op_r:late_debit:2']);
  });

  it('of a dispute is asked for under the next key, and is owed by nobody meanwhile', () => {
    const lost = at(paid, disputed('pending'), disputed('succeeded'));
    expect(idsBy(lost, used('dispute:op_d:post'))).toEqual(['dispute:op_d:post:2']);
    const again = apply(lost, used('dispute:op_d:post')) as ExistingIntent;
    expect(again.disputes).toMatchObject([{ isUncovered: false }]);
    expect(idsBy(again, refused('dispute:op_d:post:2', 'hold-already-voided'))).toEqual([
      'dispute:op_d:late_debit',
    ]);
    const won = at(paid, disputed('pending'), disputed('failed'));
    expect(idsBy(won, used('dispute:op_d:void'))).toEqual(['dispute:op_d:void:2']);
  });

  it('of a payout is asked for under the next key, also where a process of before only noted it', () => {
    const submitted: Payout = payoutSubmitted.reduce(evolvePayout, absentPayout);
    const tell = (payout: Payout, command: PayoutCommand) => {
      const decision = decidePayout(command, payout);
      if (!decision.accepted) throw new Error(decision.refusal.code);
      const ids = decision.events.flatMap((event) => ('bookingId' in event ? [event.bookingId] : []));
      return { payout: decision.events.reduce(evolvePayout, payout), ids: new Set(ids) };
    };
    const { payout: paidOut, ids } = tell(submitted, {
      ...{ type: 'ObserveOperation', observation: seen('succeeded') },
    });
    const [post = ''] = ids;
    const code = 'idempotency-key-conflict';
    const told = { type: 'RecordRefusedBooking', bookingId: post, code, at: AT } as const;
    const again = tell(paidOut, told);
    expect([...again.ids]).toEqual([post, `${post}:2`]);
    expect([...tell(again.payout, told).ids]).toEqual([]);
    const noted = evolvePayout(paidOut, { ...told, type: 'BookingRefused', holdEnd: null });
    expect([...tell(noted, told).ids]).toEqual([`${post}:2`]);
    // What was refused for another reason stays for people.
    expect([...tell(paidOut, { ...told, code: 'ledger-closed' }).ids]).toEqual([post]);
  });
});
