import { type AccountType, accountTypeOf, sortAccountTypes } from './account-type.js';
import type { TransactionName } from './command.js';
import { balanceKey, type Posting } from './posting.js';

/** The money of an account in an asset, in smallest units. */
export interface Balance {
  readonly input: bigint;
  readonly output: bigint;
  readonly pendingIn: bigint;
  readonly pendingOut: bigint;
}

/** `posted` = what came in − what went out. */
export const postedOf = (balance: Balance): bigint => balance.input - balance.output;

/** `available` = posted − open outgoing holds. */
export const availableOf = (balance: Balance): bigint => balance.input - balance.output - balance.pendingOut;

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
}

/**
 * What a ledger's decisions need: the balances, transactions and references that a batch touches, loaded
 * before.
 * It is changed only by `evolve`. A mark can be set, and everything after it taken back: a bulk is all or
 * nothing.
 */
export class LedgerState {
  private readonly balances = new Map<string, Balance>();
  private readonly transactions = new Map<number, TransactionState>();
  private readonly references = new Map<string, number>();
  private readonly accounts = new Set<string>();
  private readonly excused = new Set<string>();
  private readonly types: readonly AccountType[];
  private readonly strict: boolean;
  private undo: (() => void)[] | undefined;

  constructor(
    settings: LedgerSettings,
    /** Number of the last transaction. */
    private lastId: number,
  ) {
    this.types = sortAccountTypes(settings.accountTypes);
    this.strict = settings.strict;
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
    return accountTypeOf(this.types, address);
  }

  /** How low `available` of the account may fall by its type; null is without limit. */
  floorOf(account: string): bigint | null {
    const type = this.accountType(account);
    if (type === undefined) return 0n;
    return type.overdraft === null ? null : -type.overdraft;
  }

  /**
   * The balance is below its floor with permission: a forced transaction, or a limit that was narrowed
   * since.
   */
  excuse(account: string, asset: string): void {
    this.excused.add(balanceKey(account, asset));
  }

  /**
   * Whether the balance may stand below its floor. Nothing more can be taken from it until it is above
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

  transaction(name: TransactionName): TransactionState | undefined {
    const id = 'id' in name ? name.id : this.references.get(name.reference);
    return id === undefined ? undefined : this.transactions.get(id);
  }

  transactionByReference(reference: string): number | undefined {
    return this.references.get(reference);
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

  /** Forgets transactions and references; they are loaded anew for each batch. Balances stay. */
  forgetTransactions(): void {
    this.transactions.clear();
    this.references.clear();
  }

  /** Forgets the oldest balances beyond the limit, so that the memory of a ledger stays bounded. */
  trimBalances(limit: number): void {
    let excess = this.balances.size - limit;
    for (const key of this.balances.keys()) {
      if (excess-- <= 0) return;
      this.balances.delete(key);
    }
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
