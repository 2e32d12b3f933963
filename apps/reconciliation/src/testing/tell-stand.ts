import { expect } from '@jest/globals';
import type { BatchSettlementV1, ReportObservationV1 } from '@defter/reconciliation-contracts';
import { type Booking, statementXml } from './bank.js';
import { Book, type Line, netOf, settlementText } from './book.js';
import { Stand } from './stand.js';

// What payments was told, and what it is told of.

const stands: Stand[] = [];
/** Stops what `start` started. */
export const stopAll = async (): Promise<void> => {
  await Promise.all(stands.splice(0).map((stand) => stand.stop()));
};
export const DAY = '2026-01-31';

export const start = async (): Promise<Stand> => {
  const stand = await Stand.start();
  stands.push(stand);
  return stand;
};
interface Sent<B> {
  readonly key: string;
  readonly message_id: string;
  readonly body: B;
}
const sent = async <B>(stand: Stand, topic: string): Promise<Sent<B>[]> => {
  const rows = await stand.database.database.query<{ key: string; message_id: string; body: string }>(
    'select key, message_id, body from outbox where topic = $1 order by position',
    [`defter.reconciliation.${topic}.v1`],
  );
  return rows.map((row) => ({ ...row, body: JSON.parse(row.body) as B }));
};
export const told = (stand: Stand) => sent<ReportObservationV1>(stand, 'observations');
export const asked = (stand: Stand) => sent<BatchSettlementV1>(stand, 'settlements');
export const open = async (stand: Stand): Promise<string[]> =>
  (await stand.findings('&status=open')).map(({ finding_type }) => finding_type).sort();
export const hear = async (
  stand: Stand,
  bookings: readonly Booking[],
  name = 'january.xml',
): Promise<void> => {
  expect((await stand.handIn('camt053', name, statementXml(name, bookings))).status).toBe(200);
};

/** Operations of these results, of which the report says all that `status` says; none is booked. */
export const unsettled = async (
  stand: Stand,
  results: readonly string[],
  change: (line: Line, index: number) => Partial<Line> = () => ({}),
): Promise<Book> => {
  const book = new Book('t');
  const operations = results.map((result, index) => book.add(index, { result }));
  const lines = operations.map((operation, index) => {
    const line = book.lineOf(operation);
    return { ...line, ...change(line, index) };
  });
  await stand.know(book.events(), book.ledger);
  stand.shelf.put(DAY, settlementText(DAY, lines));
  return book;
};

/** Ten deposits, settled and booked; what they add up to. */
export const settled = async (
  stand: Stand,
  spoil: (lines: Line[], book: Book) => void = () => undefined,
): Promise<{ gross: bigint; fees: bigint; net: bigint; book: Book }> => {
  const book = new Book('s');
  for (let index = 0; index < 10; index++) book.add(index);
  await stand.know(book.events(), book.ledger);
  spoil(book.lines, book);
  stand.shelf.put(DAY, book.text());
  const sum = (of: (line: Line) => bigint) => book.lines.reduce((total, line) => total + of(line), 0n);
  return { gross: sum(({ gross }) => gross), fees: sum(({ fee }) => fee), net: sum(netOf), book };
};
export const pay = (amount: bigint): Booking => ({ amount, on: '2026-02-01', text: `SETTLEMENT ${DAY}` });
