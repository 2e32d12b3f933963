import {
  availableOf,
  balanceKey,
  type LedgerEvent,
  type LedgerState,
  type RecordedTransaction,
  usableOf,
} from '@defter/ledger-domain';
import type { DraftEvent } from './draft.js';

type Cell = string | number | null;

/** Columns of a set-based statement: one array each, all of the same length. */
export class Columns<N extends string> {
  readonly arrays: Record<N, Cell[]>;

  constructor(private readonly names: readonly N[]) {
    this.arrays = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<N, Cell[]>;
  }

  add(row: Record<N, Cell>): void {
    for (const name of this.names) this.arrays[name].push(row[name]);
  }

  get size(): number {
    return this.arrays[this.names[0] as N].length;
  }

  /** The arrays in the order of the names. */
  get values(): Cell[][] {
    return this.names.map((name) => this.arrays[name]);
  }
}

const POSTING = [
  'sequence',
  'position',
  'transactionId',
  'effectiveAt',
  'source',
  'destination',
  'asset',
  'amount',
] as const;
const TRANSACTION = [
  'id',
  'sequence',
  'status',
  'effectiveAt',
  'reference',
  'expiresAt',
  'reverts',
  'revertedBy',
  'metadata',
] as const;
const BALANCE = ['account', 'asset', 'input', 'output', 'pendingIn', 'pendingOut', 'floor'] as const;
const HOLD = ['id', 'position', 'source', 'destination', 'asset', 'amount', 'captured', 'remaining'] as const;
const CHANGED_HOLD = ['id', 'position', 'captured', 'taken'] as const;
const CHANGED_TRANSACTION = ['id', 'status', 'revertedBy'] as const;

interface NewTransaction {
  readonly transaction: RecordedTransaction;
  readonly sequence: number;
}

/** The rows that a batch of events writes. */
export class AppendRows {
  readonly postings = new Columns(POSTING);
  readonly transactions = new Columns(TRANSACTION);
  readonly balances = new Columns(BALANCE);
  /** Beside `balances`, row by row. */
  readonly ceilings: (string | null)[] = [];
  readonly holds = new Columns(HOLD);
  readonly changedHolds = new Columns(CHANGED_HOLD);
  readonly changedTransactions = new Columns(CHANGED_TRANSACTION);

  private readonly created = new Map<number, NewTransaction>();
  private readonly changed = new Set<number>();
  /** Captured and taken so far, by hold and position. */
  private readonly captures = new Map<number, { captured: bigint[]; taken: bigint[] }>();

  constructor(
    events: readonly DraftEvent[],
    private readonly state: LedgerState,
  ) {
    const touched = new Map<string, readonly [string, string]>();
    for (const { event, sequence, recordedAt, after } of events) {
      this.event(event, sequence, recordedAt);
      for (const { account, asset } of after) touched.set(balanceKey(account, asset), [account, asset]);
    }
    for (const pair of touched.values()) this.balance(...pair);
    for (const entry of this.created.values()) this.transaction(entry);
    for (const id of this.changed) this.changedTransaction(id);
    for (const [id, { captured, taken }] of this.captures) this.changedHold(id, captured, taken);
  }

  private event(event: LedgerEvent, sequence: number, recordedAt: string): void {
    switch (event.type) {
      case 'TransactionReverted':
        this.change(event.revertedTransactionId);
        this.create(event.transaction, sequence);
        return;
      case 'TransactionCreated':
        this.create(event.transaction, sequence);
        return;
      case 'HoldPosted':
        this.capture(
          event.transactionId,
          event.postings.map(({ amount }) => amount),
          event.released,
        );
        event.postings.forEach((posting, position) => {
          if (posting.amount === 0n) return;
          this.posting(posting, {
            sequence,
            position,
            transactionId: event.transactionId,
            effectiveAt: recordedAt,
          });
        });
        return;
      case 'HoldVoided':
      case 'HoldExpired':
        this.capture(
          event.transactionId,
          [],
          event.postings.map(({ amount }) => amount),
        );
        return;
      case 'MetadataSet':
      case 'MetadataDeleted':
        return;
    }
  }

  private create(transaction: RecordedTransaction, sequence: number): void {
    this.created.set(transaction.id, { transaction, sequence });
    if (transaction.status === 'pending') return;
    transaction.postings.forEach((posting, position) =>
      this.posting(posting, {
        sequence,
        position,
        transactionId: transaction.id,
        effectiveAt: transaction.timestamp,
      }),
    );
  }

  private posting(
    { source, destination, asset, amount }: RecordedTransaction['postings'][number],
    place: { sequence: number; position: number; transactionId: number; effectiveAt: string },
  ): void {
    this.postings.add({ ...place, source, destination, asset, amount: amount.toString() });
  }

  private change(id: number): void {
    if (!this.created.has(id)) this.changed.add(id);
  }

  private capture(id: number, captured: readonly bigint[], released: readonly bigint[]): void {
    this.change(id);
    const sum = this.captures.get(id) ?? { captured: [], taken: [] };
    const positions = Math.max(captured.length, released.length);
    for (let index = 0; index < positions; index++) {
      const part = captured[index] ?? 0n;
      sum.captured[index] = (sum.captured[index] ?? 0n) + part;
      sum.taken[index] = (sum.taken[index] ?? 0n) + part + (released[index] ?? 0n);
    }
    this.captures.set(id, sum);
  }

  private transaction({ transaction, sequence }: NewTransaction): void {
    const { id, timestamp, reference, expiresAt, reverts, metadata, status, postings } = transaction;
    const now = this.state.transaction({ id });
    this.transactions.add({
      id,
      sequence,
      status: now?.status ?? status,
      effectiveAt: timestamp,
      reference: reference ?? null,
      expiresAt: expiresAt ?? null,
      reverts: reverts ?? null,
      revertedBy: now?.status === 'posted' ? now.revertedBy : null,
      metadata: Object.keys(metadata).length === 0 ? null : JSON.stringify(metadata),
    });
    if (status !== 'pending') return;
    const moved = this.captures.get(id);
    this.captures.delete(id);
    postings.forEach(({ source, destination, asset, amount }, position) => {
      const captured = moved?.captured[position] ?? 0n;
      const remaining = amount - (moved?.taken[position] ?? 0n);
      this.holds.add({
        id,
        position,
        source,
        destination,
        asset,
        amount: `${amount}`,
        captured: `${captured}`,
        remaining: `${remaining}`,
      });
    });
  }

  private changedTransaction(id: number): void {
    const now = this.state.transaction({ id });
    if (now === undefined) throw new Error(`Transaction ${id} changed without being known`);
    this.changedTransactions.add({
      id,
      status: now.status,
      revertedBy: now.status === 'posted' ? now.revertedBy : null,
    });
  }

  private changedHold(id: number, captured: readonly bigint[], taken: readonly bigint[]): void {
    taken.forEach((amount, position) =>
      this.changedHolds.add({ id, position, captured: `${captured[position] ?? 0n}`, taken: `${amount}` }),
    );
  }

  private balance(account: string, asset: string): void {
    const { input, output, pendingIn, pendingOut } = this.state.balance(account, asset);
    const floor = this.floor(account, asset);
    this.balances.add({
      account,
      asset,
      input: `${input}`,
      output: `${output}`,
      pendingIn: `${pendingIn}`,
      pendingOut: `${pendingOut}`,
      floor: floor === null ? null : `${floor}`,
    });
    const ceiling = this.ceiling(account, asset);
    this.ceilings.push(ceiling === null ? null : `${ceiling}`);
  }

  /**
   * What the database's constraint holds the balance to: the rule once more, except where it may be broken.
   */
  private floor(account: string, asset: string): bigint | null {
    const floor = this.state.floorOf(account);
    if (floor === null || !this.state.isExcused(account, asset)) return floor;
    const available = availableOf(this.state.balance(account, asset));
    return available < floor ? available : floor;
  }

  /** The same for a debit-normal account: how far what it got may rise above what it gave. */
  private ceiling(account: string, asset: string): bigint | null {
    const ceiling = this.state.ceilingOf(account);
    if (ceiling === null || !this.state.isExcused(account, asset)) return ceiling;
    const risen = -usableOf(this.state.balance(account, asset), 'debit');
    return risen > ceiling ? risen : ceiling;
  }
}
