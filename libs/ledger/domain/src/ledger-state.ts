import { type AccountType, AccountTypes } from './account-type.js';
import { type Balance, type NormalSide, usableOf } from './balance.js';
import type { TransactionName } from './command.js';
import type { EffectiveLows } from './effective-lows.js';
import { type Monitor, Monitors } from './monitor.js';
import { balanceKey, type Posting } from './posting.js';

const EMPTY: Balance = { input: 0n, output: 0n, pendingIn: 0n, pendingOut: 0n };

/** A transaction as later commands need to know it. */
export type TransactionState =
  | {
      readonly status: 'posted';
      readonly id: number;
      readonly postings: readonly Posting[];
      readonly timestamp: string;
      readonly revertedBy: number | null;
      readonly reference?: string;
    }
  | {
      readonly status: 'pending';
      readonly id: number;
      readonly postings: readonly Posting[];
      readonly reference?: string;
      readonly expiresAt?: string;
      /** What is still held, by index of the postings. */
      readonly remaining: readonly bigint[];
    }
  | { readonly status: 'captured' | 'voided' | 'expired'; readonly id: number; readonly reference?: string };

export interface LedgerSettings {
  /** Postings may only name accounts that exist or match an account type. */
  readonly strict: boolean;
  readonly accountTypes: readonly AccountType[];
  /** Takes nothing new; holds that are open may still end. Absent is open. */
  readonly closed?: boolean;
  /** Whether a refused key stays refused for ever (the usual) or may be tried again. */
  readonly refusals?: 'sticky' | 'retryable';
  /** Whether a backdated transaction must leave funds for the final state (the usual) or for every state. */
  readonly backdating?: 'final-state' | 'every-state';
  /** `shadow` accepts what the rules of balances would refuse, and marks it. Absent is `enforce`. */
  readonly mode?: 'enforce' | 'shadow';
  /** Whether balances that a command expects are compared. Absent is yes. */
  readonly mismatchLog?: boolean;
  readonly monitors?: readonly Monitor[];
}

/**
 * What a ledger's decisions need: the balances, transactions and references that a batch touches, loaded
 * before.
 * It is changed only by `evolve`. A mark can be set, and everything after it taken back: a bulk is all or
 * nothing.
 */
export class LedgerState {
  private readonly balances = new Map<string, Balance>();
  private transactions = new Map<number, TransactionState>();
  private references = new Map<string, number>();
  /** Those of the batch before: it may not be visible in the database yet. */
  private earlierTransactions = new Map<number, TransactionState>();
  private earlierReferences = new Map<string, number>();
  private readonly accounts = new Set<string>();
  private readonly excused = new Set<string>();
  private readonly types: AccountTypes;
  private lows: EffectiveLows | undefined;
  private undo: (() => void)[] | undefined;
  readonly strict: boolean;
  readonly closed: boolean;
  readonly refusalsStick: boolean;
  readonly everyState: boolean;
  readonly shadow: boolean;
  readonly logsMismatches: boolean;
  /** Undefined when nothing is watched. */
  readonly monitors: Monitors | undefined;

  constructor(
    settings: LedgerSettings,
    /** Number of the last transaction. */
    private lastId: number,
  ) {
    this.types = new AccountTypes(settings.accountTypes);
    this.strict = settings.strict;
    this.closed = settings.closed === true;
    this.refusalsStick = settings.refusals !== 'retryable';
    this.everyState = settings.backdating === 'every-state';
    this.shadow = settings.mode === 'shadow';
    this.logsMismatches = settings.mismatchLog !== false;
    const { monitors = [] } = settings;
    this.monitors = monitors.length === 0 ? undefined : new Monitors(monitors);
  }

  get lastTransactionId(): number {
    return this.lastId;
  }

  /** The balance; empty for an account that was never used with the asset. */
  balance(account: string, asset: string): Balance {
    return this.balances.get(balanceKey(account, asset)) ?? EMPTY;
  }

  hasBalance(account: string, asset: string): boolean {
    return this.balances.has(balanceKey(account, asset));
  }

  accountType(address: string): AccountType | undefined {
    return this.types.of(address);
  }

  normalSideOf(account: string): NormalSide {
    return this.accountType(account)?.normalSide ?? 'credit';
  }

  /** How far below zero the normal side of the account may go; null is without limit. */
  overdraftOf(account: string): bigint | null {
    const type = this.accountType(account);
    return type === undefined ? 0n : type.overdraft;
  }

  /** How low `available` of a credit-normal account may fall; null is without limit. */
  floorOf(account: string): bigint | null {
    const type = this.accountType(account);
    if (type === undefined) return 0n;
    return type.overdraft === null || type.normalSide === 'debit' ? null : -type.overdraft;
  }

  /**
   * How far what came in, and what is announced, may rise above what a debit-normal account gave; null is
   * without limit.
   */
  ceilingOf(account: string): bigint | null {
    const type = this.accountType(account);
    return type?.normalSide === 'debit' ? type.overdraft : null;
  }

  /** Whether the balance stands beyond what its type allows. */
  isBeyondLimit(account: string, asset: string): boolean {
    const overdraft = this.overdraftOf(account);
    if (overdraft === null) return false;
    return usableOf(this.balance(account, asset), this.normalSideOf(account)) < -overdraft;
  }

  /**
   * The balance is beyond its limit with permission: a forced transaction, shadow mode, or a limit that was
   * narrowed since.
   */
  excuse(account: string, asset: string): void {
    const key = balanceKey(account, asset);
    if (this.excused.has(key)) return;
    this.excused.add(key);
    this.undo?.push(() => this.excused.delete(key));
  }

  /**
   * Whether the balance may stand beyond its limit. Nothing more can be taken from it until it is within
   * again.
   */
  isExcused(account: string, asset: string): boolean {
    return this.excused.has(balanceKey(account, asset));
  }

  /** Whether the account may be named: in strict mode it must have a type or have been used before. */
  admits(address: string): boolean {
    return !this.strict || this.accountType(address) !== undefined || this.accounts.has(address);
  }

  /** Tells the state of an account that exists in the database. */
  setAccount(address: string): void {
    this.accounts.add(address);
  }

  /** Tells the past of what the batch's backdated commands touch; undefined when there is none. */
  setLows(lows: EffectiveLows | undefined): void {
    this.lows = lows;
  }

  /** The past of balances. @throws Error when a backdated command meets a batch whose past wasn't loaded */
  get past(): EffectiveLows {
    if (this.lows === undefined) throw new Error('The past of this batch was not loaded');
    return this.lows;
  }

  /** A posting with an effective time: changes the states in between, too, where they are known. */
  moveInPast({ source, destination, asset, amount }: Posting, effectiveAt: string): void {
    if (this.lows === undefined) return;
    this.moveEnd(source, asset, effectiveAt, -amount);
    this.moveEnd(destination, asset, effectiveAt, amount);
  }

  private moveEnd(account: string, asset: string, since: string, change: bigint): void {
    const onSide = this.normalSideOf(account) === 'credit' ? change : -change;
    const takeBack = this.lows?.move(account, asset, since, onSide);
    if (takeBack !== undefined) this.undo?.push(takeBack);
  }

  transaction(name: TransactionName): TransactionState | undefined {
    const id = 'id' in name ? name.id : this.transactionByReference(name.reference);
    return id === undefined ? undefined : (this.transactions.get(id) ?? this.earlierTransactions.get(id));
  }

  transactionByReference(reference: string): number | undefined {
    return this.references.get(reference) ?? this.earlierReferences.get(reference);
  }

  knowsTransaction(id: number): boolean {
    return this.transactions.has(id) || this.earlierTransactions.has(id);
  }

  setBalance(account: string, asset: string, balance: Balance): void {
    this.put(this.balances, balanceKey(account, asset), balance);
  }

  setTransaction(transaction: TransactionState): void {
    this.put(this.transactions, transaction.id, transaction);
    if (transaction.reference !== undefined) this.put(this.references, transaction.reference, transaction.id);
    if (transaction.id > this.lastId) this.advance(transaction.id);
  }

  /** Starts to remember changes. */
  mark(): void {
    this.undo = [];
  }

  /** Keeps the changes since the mark. */
  keep(): void {
    this.undo = undefined;
  }

  /** Takes back the changes since the mark. */
  takeBack(): void {
    for (const step of (this.undo ?? []).reverse()) step();
    this.undo = undefined;
  }

  /**
   * Begins a batch: transactions and references of the one before stay known, older ones are forgotten and
   * loaded anew. Balances stay.
   */
  beginBatch(): void {
    this.earlierTransactions = this.transactions;
    this.earlierReferences = this.references;
    this.transactions = new Map();
    this.references = new Map();
  }

  /** Entries in memory: balances, and what is known of accounts. */
  get size(): number {
    return this.balances.size + this.accounts.size + this.excused.size;
  }

  private advance(id: number): void {
    const before = this.lastId;
    this.undo?.push(() => {
      this.lastId = before;
    });
    this.lastId = id;
  }

  private put<K, V>(map: Map<K, V>, key: K, value: V): void {
    if (this.undo !== undefined) {
      const before = map.get(key);
      this.undo.push(() => (before === undefined ? map.delete(key) : map.set(key, before)));
    }
    map.set(key, value);
  }
}
