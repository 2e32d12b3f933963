import {
  availableOf,
  balanceKey,
  type LedgerEvent,
  type LedgerState,
  type Posting,
  type RecordedTransaction,
  usableOf,
} from '@defter/ledger-domain';
import { Column } from './columns.js';
import type { DraftEvent, DraftRefusal } from './draft.js';
import { MetadataChanges } from './metadata-changes.js';
import { encodeRefusal } from './refusal.wire.js';

const plain = (): Column => new Column('plain');
const free = (): Column => new Column('free');
const documents = (): Column => new Column('document');

interface NewTransaction {
  readonly transaction: RecordedTransaction;
  readonly sequence: number;
}

/** Captured and taken of a hold in this batch, by position. */
interface Captures {
  readonly captured: bigint[];
  readonly taken: bigint[];
}

/** The rows that a batch writes, as columns in the order of APPEND_SQL's parameters from `$13` on. */
export class BatchRows {
  private readonly events = [plain(), free(), plain(), documents()] as const;
  private readonly postings = [
    plain(),
    plain(),
    plain(),
    plain(),
    plain(),
    plain(),
    plain(),
    plain(),
  ] as const;
  private readonly transactions = [
    ...[plain(), plain(), plain(), plain()],
    ...[free(), plain(), plain(), plain(), documents()],
  ] as const;
  private readonly changedTransactions = [plain(), plain(), plain(), documents(), documents()] as const;
  private readonly holds = [plain(), plain(), plain(), plain(), plain(), plain(), plain(), plain()] as const;
  private readonly changedHolds = [plain(), plain(), plain(), plain()] as const;
  private readonly balances = [plain(), plain(), plain(), plain(), plain(), plain(), plain()] as const;
  /** Beside `balances`, row by row. */
  private readonly ceilings = plain();
  private readonly accounts = [plain(), plain(), documents(), documents()] as const;
  private readonly refusals = [free(), plain(), documents()] as const;

  private readonly touched = new Map<string, readonly [account: string, asset: string]>();
  private readonly created = new Map<number, NewTransaction>();
  private readonly changed = new Set<number>();
  private readonly captures = new Map<number, Captures>();
  private readonly metadata = new MetadataChanges();

  constructor(private readonly state: LedgerState) {}

  /** Every event in order, then the accounts that had no balance before, then the refusals to keep. */
  static of(
    batch: {
      readonly events: readonly DraftEvent[];
      readonly newAccounts: ReadonlyMap<string, number>;
      readonly refusals: readonly DraftRefusal[];
    },
    state: LedgerState,
  ): BatchRows {
    const rows = new BatchRows(state);
    for (const event of batch.events) rows.addEvent(event);
    for (const [account, asset] of rows.touched.values()) rows.addBalance(account, asset);
    for (const entry of rows.created.values()) rows.addTransaction(entry);
    rows.addChanges();
    rows.addAccounts(batch.newAccounts);
    for (const refusal of batch.refusals) rows.addRefusal(refusal);
    return rows;
  }

  /** The parameters from `$13` on. */
  get values(): string[] {
    return [
      ...this.events,
      ...this.postings,
      ...this.transactions,
      ...this.changedTransactions,
      ...this.holds,
      ...this.changedHolds,
      ...this.balances,
      ...this.accounts,
      ...this.refusals,
      this.ceilings,
    ].map(({ value }) => value);
  }

  private addEvent(record: DraftEvent): void {
    const { event, sequence, recordedAt, after, key, fingerprint, payload } = record;
    const [types, keys, fingerprints, payloads] = this.events;
    types.add(event.type);
    keys.add(key);
    fingerprints.add(fingerprint);
    payloads.add(payload);
    for (const { account, asset } of after) {
      const balance = balanceKey(account, asset);
      if (!this.touched.has(balance)) this.touched.set(balance, [account, asset]);
    }
    this.applyEvent(event, sequence, recordedAt);
    this.metadata.apply(event, sequence);
  }

  private applyEvent(event: LedgerEvent, sequence: number, recordedAt: string): void {
    switch (event.type) {
      case 'TransactionReverted':
        this.change(event.revertedTransactionId);
        return this.create(event.transaction, sequence);
      case 'TransactionCreated':
        return this.create(event.transaction, sequence);
      case 'HoldPosted': {
        const { transactionId, postings, released } = event;
        this.capture(transactionId, postings, released);
        postings.forEach((posting, position) => {
          const place = { sequence, position, transactionId, effectiveAt: recordedAt };
          if (posting.amount > 0n) this.addPosting(posting, place);
        });
        return;
      }
      case 'HoldVoided':
      case 'HoldExpired':
        return this.capture(
          event.transactionId,
          [],
          event.postings.map(({ amount }) => amount),
        );
      case 'MetadataSet':
      case 'MetadataDeleted':
        return;
    }
  }

  private create(transaction: RecordedTransaction, sequence: number): void {
    this.created.set(transaction.id, { transaction, sequence });
    if (transaction.status === 'pending') return;
    const place = { sequence, transactionId: transaction.id, effectiveAt: transaction.timestamp };
    transaction.postings.forEach((posting, position) => this.addPosting(posting, { ...place, position }));
  }

  private addPosting(
    { source, destination, asset, amount }: Posting,
    place: { sequence: number; position: number; transactionId: number; effectiveAt: string },
  ): void {
    const [sequences, positions, transactions, times, sources, destinations, assets, amounts] = this.postings;
    sequences.add(place.sequence);
    positions.add(place.position);
    transactions.add(place.transactionId);
    times.add(place.effectiveAt);
    sources.add(source);
    destinations.add(destination);
    assets.add(asset);
    amounts.add(amount);
  }

  private change(id: number): void {
    if (!this.created.has(id)) this.changed.add(id);
  }

  private capture(id: number, captured: readonly Posting[], released: readonly bigint[]): void {
    this.change(id);
    const sum = this.captures.get(id) ?? { captured: [], taken: [] };
    const positions = Math.max(captured.length, released.length);
    for (let index = 0; index < positions; index++) {
      const part = captured[index]?.amount ?? 0n;
      sum.captured[index] = (sum.captured[index] ?? 0n) + part;
      sum.taken[index] = (sum.taken[index] ?? 0n) + part + (released[index] ?? 0n);
    }
    this.captures.set(id, sum);
  }

  private addTransaction({ transaction, sequence }: NewTransaction): void {
    const { id, timestamp, reference, expiresAt, reverts, metadata, status, postings } = transaction;
    const now = this.state.transaction({ id });
    const patched = this.metadata.takeTransaction(id, metadata);
    const values = [
      ...[id, sequence, now?.status ?? status, timestamp, reference ?? null],
      ...[expiresAt ?? null, reverts ?? null, now?.status === 'posted' ? now.revertedBy : null, patched],
    ];
    this.transactions.forEach((column, index) => column.add(values[index] ?? null));
    if (status === 'pending') this.addHold(id, postings);
  }

  private addHold(id: number, postings: readonly Posting[]): void {
    const moved = this.captures.get(id);
    this.captures.delete(id);
    postings.forEach(({ source, destination, asset, amount }, position) => {
      const remaining = amount - (moved?.taken[position] ?? 0n);
      const captured = moved?.captured[position] ?? 0n;
      const values = [id, position, source, destination, asset, amount, captured, remaining];
      this.holds.forEach((column, index) => column.add(values[index] ?? null));
    });
  }

  private addChanges(): void {
    for (const id of new Set([...this.changed, ...this.metadata.transactions])) this.addChanged(id);
    for (const [id, { captured, taken }] of this.captures) {
      taken.forEach((amount, position) => {
        const values = [id, position, captured[position] ?? 0n, amount];
        this.changedHolds.forEach((column, index) => column.add(values[index] ?? null));
      });
    }
  }

  private addChanged(id: number): void {
    const now = this.changed.has(id) ? this.state.transaction({ id }) : undefined;
    if (now === undefined && this.changed.has(id)) throw new Error(`Transaction ${id} changed unknown`);
    const reverter = now?.status === 'posted' ? now.revertedBy : null;
    const { patch, gone } = this.metadata.ofTransaction(id);
    const values = [id, now?.status ?? null, reverter, patch, gone];
    this.changedTransactions.forEach((column, index) => column.add(values[index] ?? null));
  }

  private addBalance(account: string, asset: string): void {
    const { input, output, pendingIn, pendingOut } = this.state.balance(account, asset);
    const [accounts, assets, inputs, outputs, pendingIns, pendingOuts, floors] = this.balances;
    accounts.add(account);
    assets.add(asset);
    inputs.add(input);
    outputs.add(output);
    pendingIns.add(pendingIn);
    pendingOuts.add(pendingOut);
    floors.add(this.floor(account, asset));
    this.ceilings.add(this.ceiling(account, asset));
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

  private addAccounts(newAccounts: ReadonlyMap<string, number>): void {
    const add = (address: string, firstSequence: number | null): void => {
      const { patch, gone } = this.metadata.ofAccount(address);
      const values = [address, firstSequence, patch, gone];
      this.accounts.forEach((column, index) => column.add(values[index] ?? null));
    };
    for (const [address, sequence] of newAccounts) add(address, sequence);
    for (const [address, { opensAt }] of this.metadata.accounts) {
      if (!newAccounts.has(address)) add(address, opensAt);
    }
  }

  private addRefusal({ key, fingerprint, refusal }: DraftRefusal): void {
    const [keys, fingerprints, refusals] = this.refusals;
    keys.add(key);
    fingerprints.add(fingerprint);
    refusals.add(encodeRefusal(refusal));
  }
}
