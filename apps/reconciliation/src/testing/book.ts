/**
 * A provider's and our own book of made-up movements, with faults whose findings are known. Shares no code
 * with the service.
 */
import type { LedgerEventV1 } from '@defter/ledger-contracts';
import type { PaymentsEventV1 } from '@defter/payments-contracts';

type Operation = PaymentsEventV1['operations'][number];

export interface Line {
  operationId: string;
  providerRef: string;
  kind: 'charge' | 'payout';
  gross: bigint;
  fee: bigint;
  currency: string;
  status: 'succeeded' | 'returned';
  at: string;
}

/** Numbers from a seed: the same seed, the same book. (mulberry32) */
export function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** What a line does to the settlement that pays it. */
export const netOf = (line: Line): bigint =>
  (line.kind === 'charge' || line.status === 'returned' ? line.gross : -line.gross) - line.fee;

/** The settlement file of a day, with its totals. */
export function settlementText(businessOn: string, lines: readonly Line[], connection = 'c_one'): string {
  const rows = lines.map((line) =>
    [
      line.operationId,
      line.providerRef,
      line.kind,
      line.gross,
      line.fee,
      netOf(line),
      line.currency,
      line.status,
      line.at,
    ].join(),
  );
  const currencies = [...new Set(lines.map(({ currency }) => currency))].sort();
  const totals = currencies.map((currency) => {
    const of = lines.filter((line) => line.currency === currency);
    const sum = (value: (line: Line) => bigint): bigint =>
      of.reduce((total, line) => total + value(line), 0n);
    return `total,${currency},${of.length},${sum((l) => l.gross)},${sum((l) => l.fee)},${sum(netOf)}`;
  });
  const head = [`settlement,1,${connection},${businessOn},Europe/Istanbul`];
  const names = 'operation_id,provider_ref,kind,gross,fee,net,currency,status,occurred_at';
  return [...head, names, ...rows, ...totals, `end,${lines.length}`, ''].join('\n');
}

export class Book {
  readonly operations = new Map<string, Operation>();
  readonly lines: Line[] = [];
  readonly ledger: LedgerEventV1[] = [];
  /** `type:tx or reference` of every finding that must come, and no other may. */
  readonly expected: string[] = [];

  /** Of the ledger's last event; faults take events away, and their numbers are not given again. */
  private sequence = 0;

  constructor(private readonly tag: string) {}

  /**
   * A movement that both sides know and that is booked. `result` other than succeeded and returned has no
   * line.
   */
  add(index: number, changes: Partial<Operation> = {}): Operation {
    const [kind, operationId] = [changes.kind ?? 'sale', `op_${this.tag}_${index}`];
    const amount = changes.amountMinor ?? `${10_000 + index * 7}`;
    const operation: Operation = {
      ...{ operationId, kind, provider: 'mock-psp', connectionId: 'c_one', customerId: `u${index % 20}` },
      ...{
        result: 'succeeded',
        amountMinor: amount,
        currency: 'TRY',
        feeMinor: kind === 'sale' ? `${BigInt(amount) / 40n}` : '0',
      },
      ...{ providerRef: `mp_${this.tag}_${index}`, occurredAt: '2026-01-31T10:00:00Z' },
      ledgerReference: kind === 'sale' ? operationId : `payout:po_${this.tag}_${index}`,
      ...changes,
    };
    this.operations.set(operationId, operation);
    if (operation.result === 'succeeded' || operation.result === 'returned') {
      this.lines.push(this.lineOf(operation));
      this.book(operation);
    }
    if (operation.result === 'returned') {
      this.lines.push({ ...this.lineOf(operation), status: 'returned' });
      this.bookReturn(operation);
    }
    return operation;
  }

  lineOf({
    operationId,
    providerRef = '',
    kind,
    amountMinor,
    feeMinor,
    currency,
    occurredAt,
  }: Operation): Line {
    const known = { operationId, providerRef, gross: BigInt(amountMinor), fee: BigInt(feeMinor) };
    return {
      ...known,
      kind: kind === 'sale' ? 'charge' : 'payout',
      currency,
      status: 'succeeded',
      at: occurredAt,
    };
  }

  /** Deposits are posted at once; payouts are held, then captured. */
  book({
    kind,
    customerId,
    connectionId,
    amountMinor,
    currency,
    ledgerReference: reference = '',
    occurredAt,
  }: Operation): void {
    const [wallet, receivable] = [`users:${customerId}:main`, `psp:${connectionId}:receivable`];
    const [source, destination] = kind === 'sale' ? [receivable, wallet] : [wallet, receivable];
    const posting = { source, destination, amount: amountMinor, asset: `${currency}/2` };
    const id = ++this.sequence;
    const common = { ledger: 'main', recordedAt: occurredAt, balances: [] };
    const status = kind === 'sale' ? ('posted' as const) : ('pending' as const);
    const transaction = { id, status, postings: [posting], reference, timestamp: occurredAt, metadata: {} };
    this.ledger.push({ ...common, sequence: id, type: 'TransactionCreated', data: { transaction } });
    if (kind === 'sale') return;
    const data = { transactionId: id, postings: [posting], closed: true };
    this.ledger.push({ ...common, sequence: ++this.sequence, type: 'HoldPosted', data });
  }

  /** What came back goes into the wallet again, under a reference of its own. */
  bookReturn({
    customerId,
    connectionId,
    amountMinor,
    currency,
    ledgerReference = '',
    occurredAt,
  }: Operation): void {
    const [source, destination] = [`psp:${connectionId}:receivable`, `users:${customerId}:main`];
    const postings = [{ source, destination, amount: amountMinor, asset: `${currency}/2` }];
    const id = ++this.sequence;
    const reference = `${ledgerReference}:return`;
    const transaction = {
      id,
      status: 'posted' as const,
      postings,
      reference,
      timestamp: occurredAt,
      metadata: {},
    };
    const common = { ledger: 'main', recordedAt: occurredAt, balances: [] };
    this.ledger.push({ ...common, sequence: id, type: 'TransactionCreated', data: { transaction } });
  }

  /** Somebody reverts a transaction in the ledger. @returns the number of the reversal */
  revert(revertedTransactionId: number): number {
    const reverted = this.ledger.find(
      (event) =>
        (event.type === 'TransactionCreated' || event.type === 'TransactionReverted') &&
        event.data.transaction.id === revertedTransactionId,
    );
    if (reverted === undefined || !('transaction' in reverted.data)) throw new Error('There is no such one');
    const { postings, timestamp } = reverted.data.transaction;
    const id = ++this.sequence;
    const back = postings.map(({ source, destination, ...rest }) => ({
      ...{ ...rest, source: destination, destination: source },
    }));
    const transaction = { id, status: 'posted' as const, postings: back, timestamp, metadata: {} };
    this.ledger.push({
      ...{ ledger: 'main', recordedAt: timestamp, balances: [], sequence: id, type: 'TransactionReverted' },
      data: { revertedTransactionId, transaction: { ...transaction, reverts: revertedTransactionId } },
    });
    return id;
  }

  events(): PaymentsEventV1[] {
    return [...this.operations.values()].map((operation) => ({
      ...{ type: 'PaymentIntentChanged', id: `pi_${operation.operationId}`, version: 1, status: 'succeeded' },
      ...{
        customerId: operation.customerId,
        amountMinor: operation.amountMinor,
        currency: operation.currency,
      },
      ...{ events: ['Something'], operations: [operation], occurredAt: operation.occurredAt },
    }));
  }

  text(businessOn = '2026-01-31'): string {
    return settlementText(businessOn, this.lines);
  }
}
