import { dateAfter, type FaultyBooks } from './faulty-books.js';

/** One fault of each kind, and some differences that are none because something explains them. */
export const faults: readonly ((books: FaultyBooks) => void)[] = [
  function lineMissing(books) {
    const { operation, line } = books.take('charge');
    books.drop(line);
    books.expect('missing_at_psp', operation.id);
  },
  function strangerSettled(books) {
    const { operation, line } = books.take('charge');
    const stranger = {
      ...line,
      ours: `${operation.id}_x`,
      ref: `${operation.ref}_x`,
      amount: line.amount + 3,
    };
    books.lines.push(stranger);
    books.expect('missing_in_ledger', stranger.ours);
  },
  function wrongAmount(books) {
    const { operation, line } = books.take('payout');
    Object.assign(line, { amount: line.amount + 1, net: line.net - 1 });
    books.expect('amount_mismatch', operation.id);
  },
  function wrongAmountWithoutOurId(books) {
    const { operation, line } = books.take('charge');
    Object.assign(line, { amount: line.amount + 1, net: line.net + 1, ours: null });
    books.expect('amount_mismatch', operation.id);
  },
  function wrongCurrency(books) {
    const { operation, line } = books.take('charge');
    line.currency = 'USD';
    books.expect('currency_mismatch', operation.id);
  },
  function exchanged(books) {
    const { operation, line } = books.take('charge');
    const amount = Math.round(operation.amount / 50);
    Object.assign(line, { currency: 'EUR', amount, original: [operation.amount, 'TRY', '0.02'] });
  },
  function exchangedWrongly(books) {
    const { operation, line } = books.take('charge');
    const amount = Math.round(operation.amount / 50) + 2;
    Object.assign(line, { currency: 'EUR', amount, original: [operation.amount, 'TRY', '0.02'] });
    books.expect('fx_mismatch', operation.id);
  },
  function withInstalments(books) {
    const { line } = books.take('charge');
    Object.assign(line, { amount: line.amount + 300, surcharge: 300, net: line.net + 300 });
  },
  function netOfFee(books) {
    const { line } = books.take('charge');
    line.amount -= line.fee;
  },
  function wrongFee(books) {
    const { operation, line } = books.take('charge');
    Object.assign(line, { fee: line.fee + 1, net: line.net - 1 });
    books.expect('fee_mismatch', operation.id);
  },
  function settledTwice(books) {
    const { operation, line } = books.take('payout');
    books.lines.push({ ...line });
    books.expect('duplicate_settlement_line', operation.id);
  },
  function settledThoughDeclined(books) {
    const { operation } = books.take('payout');
    Object.assign(operation, { result: 'declined', bookings: [] });
    books.expect('status_mismatch', operation.id);
  },
  function notBooked(books) {
    const { operation } = books.take('charge');
    operation.bookings = [];
    books.expect('missing_in_ledger', operation.id);
  },
  function chargedTwice(books) {
    const { operation } = books.take('charge');
    const id = `${operation.id}_again`;
    const at = new Date(Date.parse(operation.at) + 1_000).toISOString();
    const again = { ...operation, id, ref: `mp_${id}`, at, bookings: [id] };
    books.operations.push(again);
    books.lines.push(books.lineOf(again));
    books.expect('duplicate_charge', id);
  },
  function payoutReturned(books) {
    const { operation, line } = books.take('payout');
    Object.assign(operation, { result: 'returned', bookings: [operation.id, `${operation.id}:return`] });
    books.lines.push({ ...line, leg: 'return', net: line.amount });
    books.expect('payout_returned', operation.id);
  },
  function settledLate(books) {
    const { operation, line } = books.take('charge');
    line.on = dateAfter(line.on, 13);
    books.expect('late_settlement', operation.id);
  },
  function withoutAnyName(books) {
    Object.assign(books.take('charge').line, { ours: null, ref: '' });
  },
];
