import { Injectable } from '@nestjs/common';
import { Bookkeeper } from '../bookkeeper.js';
import { BookClock } from '../book-clock.js';
import { testIban } from '../test-iban.js';
import { seededHex } from '../seed.js';
import { businessDateOf } from '../business-date.js';
import { Settlements } from '../settlements/settlements.read.js';
import { type BankBooking, bankBookings } from './bank-booking.js';
import { type AccountDay, camt053 } from './camt053.js';

/** The statements of the bank that keeps the merchants' accounts; it settles what this provider owes. */
@Injectable()
export class Statements {
  constructor(
    private readonly bookkeeper: Bookkeeper,
    private readonly settlements: Settlements,
    private readonly clock: BookClock,
  ) {}

  /** Dates that are over and have at least one booking, ascending. */
  async dates(connectionId: string): Promise<readonly string[]> {
    await this.bookkeeper.settled();
    return [...new Set(this.bookings(connectionId).map(({ bookedOn }) => bookedOn))];
  }

  /** The statement of a date as camt.053, or undefined when there is none. */
  async statement(connectionId: string, date: string): Promise<string | undefined> {
    await this.bookkeeper.settled();
    const bookings = this.bookings(connectionId);
    const currencies = new Set(
      bookings.filter(({ bookedOn }) => bookedOn === date).map(({ currency }) => currency),
    );
    if (currencies.size === 0) return undefined;
    const days = [...currencies].sort().map((currency) => dayOf(connectionId, date, of(bookings, currency)));
    return camt053(connectionId, date, days);
  }

  private bookings(connectionId: string): readonly BankBooking[] {
    const today = businessDateOf(this.clock.now().toISOString());
    const faults = this.bookkeeper.book.faultsOf(connectionId);
    const all = bankBookings(connectionId, this.settlements.movements(connectionId), faults);
    return all.filter(({ bookedOn }) => bookedOn < today);
  }
}

function of(bookings: readonly BankBooking[], currency: string): readonly BankBooking[] {
  return bookings.filter((booking) => booking.currency === currency);
}

/** A date of one account, from all its bookings; they are in the order of their dates. */
function dayOf(connectionId: string, date: string, bookings: readonly BankBooking[]): AccountDay {
  const before = bookings.filter(({ bookedOn }) => bookedOn < date);
  const today = bookings.filter(({ bookedOn }) => bookedOn === date);
  const currency = today[0]?.currency ?? '';
  const account = (BigInt(`0x${seededHex(12, connectionId, currency)}`) + 10_000n).toString();
  return {
    ...{ iban: testIban(account), currency, owner: connectionId, date, bookings: today },
    number: new Set(before.map(({ bookedOn }) => bookedOn)).size + 1,
    openingMinor: before.reduce((sum, { amountMinor }) => sum + amountMinor, 0n),
  };
}
