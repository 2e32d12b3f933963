import { Book, type Line, randomOf } from './book.js';

/**
 * A book of `size` movements with a handful of each fault, placed by the seed, and the findings that they
 * must give.
 */
export function faultyBook(seed: number, size: number): Book {
  const book = new Book(`s${seed}`);
  const random = randomOf(seed);
  const results = ['declined', 'failed', 'unknown', 'pending'];
  for (let index = 0; index < size; index++) {
    const dice = random(20);
    const kind = dice < 14 ? 'sale' : 'payout';
    if (dice === 13) book.add(index, { kind, result: results[random(4)] ?? 'failed' });
    else if (dice === 19) book.add(index, { kind, result: 'returned' });
    else book.add(index, { kind });
  }
  const spoil = new Spoiler(book, random);
  for (let round = 0; round < 3; round++) for (const fault of faults) fault(spoil);
  for (const { operationId, result } of book.operations.values()) {
    if (result === 'returned') spoil.expect('payout_returned', operationId);
  }
  return book;
}

/** Takes untouched movements one by one, so that each has at most one fault. */
class Spoiler {
  private readonly touched = new Set<string>();
  strangers = 0;

  constructor(
    readonly book: Book,
    readonly random: (below: number) => number,
  ) {}

  /** A payment line of a succeeded movement that no fault has touched. */
  line(kind?: Line['kind']): Line {
    const free = this.book.lines.filter((line) => {
      const isPlain = this.book.operations.get(line.operationId)?.result === 'succeeded';
      return isPlain && !this.touched.has(line.operationId) && (kind === undefined || line.kind === kind);
    });
    return this.take(free);
  }

  take(free: readonly Line[]): Line {
    const line = free[this.random(free.length)];
    if (line === undefined) throw new Error('the book is too small');
    this.touched.add(line.operationId);
    return line;
  }

  expect(type: string, key: string): void {
    this.book.expected.push(`${type}:${key}`);
  }

  remove(line: Line): void {
    this.book.lines.splice(this.book.lines.indexOf(line), 1);
  }
}

const faults: readonly ((spoil: Spoiler) => void)[] = [
  function lineMissing(spoil) {
    const line = spoil.line();
    spoil.remove(line);
    spoil.expect('missing_at_psp', line.operationId);
  },
  function strangerSettled(spoil) {
    const number = ++spoil.strangers;
    const stranger = {
      ...spoil.line('charge'),
      operationId: `op_stranger_${number}`,
      providerRef: `mp_stranger_${number}`,
    };
    spoil.book.lines.push(stranger);
    spoil.expect('missing_in_ledger', stranger.operationId);
  },
  function wrongAmount(spoil) {
    const line = spoil.line();
    line.gross += BigInt(1 + spoil.random(5_000));
    spoil.expect('amount_mismatch', line.operationId);
  },
  function wrongAmountWithoutOurId(spoil) {
    const line = spoil.line();
    spoil.expect('amount_mismatch', line.operationId);
    Object.assign(line, { operationId: '', gross: line.gross + 1n });
  },
  function onlyTheReference(spoil) {
    spoil.line().operationId = '';
  },
  function netOfFee(spoil) {
    const line = spoil.line('charge');
    line.gross -= line.fee;
  },
  function wrongCurrency(spoil) {
    const line = spoil.line();
    line.currency = 'USD';
    spoil.expect('currency_mismatch', line.operationId);
  },
  function wrongFee(spoil) {
    const line = spoil.line('charge');
    line.fee += 1n;
    spoil.expect('fee_mismatch', line.operationId);
  },
  function settledTwice(spoil) {
    const line = spoil.line();
    spoil.book.lines.splice(spoil.random(spoil.book.lines.length), 0, { ...line });
    spoil.expect('duplicate_settlement_line', line.operationId);
  },
  function settledThoughDeclined(spoil) {
    const line = spoil.line('payout');
    const operation = spoil.book.operations.get(line.operationId);
    if (operation === undefined) throw new Error('a line without operation');
    // What wasn't paid isn't booked either.
    operation.result = 'declined';
    const reference = operation.ledgerReference;
    const at = spoil.book.ledger.findIndex(
      ({ type, data }) =>
        type === 'TransactionCreated' && 'transaction' in data && data.transaction.reference === reference,
    );
    spoil.book.ledger.splice(at + 1, 1);
    spoil.expect('status_mismatch', line.operationId);
  },
  function returnUnknownToUs(spoil) {
    const line = spoil.line('payout');
    spoil.book.lines.push({ ...line, status: 'returned' });
    spoil.expect('status_mismatch', line.operationId);
  },
  function returnNotSettled(spoil) {
    const line = spoil.line('payout');
    const operation = spoil.book.operations.get(line.operationId);
    if (operation === undefined) throw new Error('a line without operation');
    operation.result = 'returned';
    spoil.book.bookReturn(operation);
    spoil.expect('missing_at_psp', line.operationId);
  },
  function returnNotBooked(spoil) {
    const line = spoil.line('payout');
    const operation = spoil.book.operations.get(line.operationId);
    if (operation === undefined) throw new Error('a line without operation');
    operation.result = 'returned';
    spoil.book.lines.push({ ...line, status: 'returned' });
    spoil.expect('missing_in_ledger', line.operationId);
  },
  function bookedLate(spoil) {
    // The hold was given back, the provider paid after all: booked by a transaction of its own.
    const line = spoil.line('payout');
    const reference = spoil.book.operations.get(line.operationId)?.ledgerReference ?? '';
    const at = spoil.book.ledger.findIndex(
      ({ data }) => 'transaction' in data && data.transaction.reference === reference,
    );
    const hold = spoil.book.ledger[at];
    if (hold?.type !== 'TransactionCreated') throw new Error('a payout without hold');
    const { transaction } = hold.data;
    const late = { ...transaction, status: 'posted' as const, reference: `${reference}:late_debit` };
    spoil.book.ledger.splice(at + 1, 1, {
      ...hold,
      sequence: hold.sequence + 1,
      data: { transaction: late },
    });
  },
  function notBooked(spoil) {
    const line = spoil.line('charge');
    const at = spoil.book.ledger.findIndex(
      ({ data }) => 'transaction' in data && data.transaction.reference === line.operationId,
    );
    spoil.book.ledger.splice(at, 1);
    spoil.expect('missing_in_ledger', line.operationId);
  },
  function bookedOtherwise(spoil) {
    const line = spoil.line('charge');
    for (const { data } of spoil.book.ledger) {
      if (!('transaction' in data) || data.transaction.reference !== line.operationId) continue;
      for (const posting of data.transaction.postings) posting.amount = `${BigInt(posting.amount) + 1n}`;
    }
    spoil.expect('amount_mismatch', line.operationId);
  },
  function stillOnItsWay(spoil) {
    // Booked and succeeded, but so young that no report can have it.
    const operation = spoil.book.operations.get(spoil.line('charge').operationId);
    if (operation === undefined) throw new Error('a line without operation');
    const index = spoil.book.lines.findIndex(({ operationId }) => operationId === operation.operationId);
    spoil.book.lines.splice(index, 1);
    operation.occurredAt = '2026-02-09T12:00:00Z';
  },
];
