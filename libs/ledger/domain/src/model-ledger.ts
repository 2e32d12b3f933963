/**
 * A second ledger, for tests only: single-threaded, plain, and sharing no code with the engine. It is told
 * commands one after the other, in the order in which the real ledger recorded them, and says what each must
 * have done. Its rules are written down from the specification, not from the decider.
 */
import type {
  ModelAnswer,
  ModelBalance,
  ModelCapture,
  ModelCommand,
  ModelCondition,
  ModelCreate,
  ModelPosting,
  ModelRevert,
  ModelTransaction,
  Words,
} from './model-command.js';
import { minus, no, nth, spread } from './model-hold.js';

/** What holds for accounts: how far below zero (null: without limit), and whether they are closed. */
export interface ModelRules {
  readonly limit: (account: string) => bigint | null;
  readonly closed: (account: string) => boolean;
}

const USUAL: ModelRules = { limit: (account) => (account === 'world' ? null : 0n), closed: () => false };
const NOTHING: ModelBalance = { input: 0n, output: 0n, pendingIn: 0n, pendingOut: 0n };
const OK: ModelAnswer = { ok: true };

export class ModelLedger {
  readonly balances = new Map<string, ModelBalance>();
  readonly transactions = new Map<number, ModelTransaction>();
  readonly references = new Map<string, number>();
  /** Metadata by account or number of the transaction; a target stays here when it loses its last entry. */
  readonly metadata = new Map<string | number, ReadonlyMap<string, string>>();
  /** What a key stands for, for ever: refusals too. */
  readonly keys = new Map<string, { readonly body: string; readonly answer: ModelAnswer }>();
  private journal: (() => void)[] | undefined;

  constructor(private readonly rules: ModelRules = USUAL) {}

  balance(account: string, asset: string): ModelBalance {
    return this.balances.get(`${account} ${asset}`) ?? NOTHING;
  }

  posted(account: string, asset: string): bigint {
    const { input, output } = this.balance(account, asset);
    return input - output;
  }

  available(account: string, asset: string): bigint {
    return this.posted(account, asset) - this.balance(account, asset).pendingOut;
  }

  /** With a key: once, and the same answer for ever; `body` tells whether the key comes back as it was. */
  submit(key: string, body: string, command: ModelCommand, at: string): ModelAnswer {
    const known = this.keys.get(key);
    if (known !== undefined) return known.body === body ? known.answer : no('idempotency-key-conflict');
    const answer = this.apply(command, at);
    this.remember(key, body, answer);
    return answer;
  }

  /** Keeps what a key stands for from now on. */
  remember(key: string, body: string, answer: ModelAnswer): void {
    this.put(this.keys, key, { body, answer });
  }

  /** What the work says, with everything that it did taken back: a dry run, or a bulk that failed. */
  trial<T>(work: () => T): T {
    this.journal = [];
    const result = work();
    for (const step of this.journal.reverse()) step();
    this.journal = undefined;
    return result;
  }

  /** Decides and applies; a refused command changes nothing. `at` is the time of recording. */
  apply(command: ModelCommand, at: string): ModelAnswer {
    switch (command.kind) {
      case 'create':
        return this.create(command, at);
      case 'capture':
        return this.onHold(command.id, at, (hold) => this.capture(hold, command));
      case 'void':
        return this.onHold(command.id, at, (hold) => this.giveBack(hold, 'voided'));
      case 'expire':
        return this.expire(command.id, at);
      case 'revert':
        return this.revert(command, at);
      default:
        return this.describe(command);
    }
  }

  private create(command: ModelCreate, at: string): ModelAnswer {
    const { postings, reference, pending, force, timestamp = at } = command;
    const taken = reference === undefined ? undefined : this.references.get(reference);
    if (taken !== undefined) return no('reference-taken', { reference, transactionId: taken });
    const refused =
      this.closedAmong(postings) ??
      this.failedOf(command.conditions) ??
      (force === true ? undefined : this.short(postings, pending === true));
    if (refused !== undefined) return refused;
    const named = reference === undefined ? {} : { reference };
    const status = pending === true ? 'pending' : 'posted';
    const id = this.book(postings, { status, timestamp, ...named, ...expiryOf(command, at) });
    this.describeAll(id, command);
    return { ok: true, id };
  }

  private revert(command: ModelRevert, at: string): ModelAnswer {
    const { id } = command;
    const original = this.transactions.get(id);
    if (original === undefined) return no('transaction-unknown');
    if (original.status !== 'posted') return no('not-revertible', { transactionId: id });
    const { revertedBy } = original;
    if (revertedBy !== undefined) return no('already-reverted', { transactionId: id, revertedBy });
    const postings = original.postings.map(({ from, to, ...rest }) => ({ from: to, to: from, ...rest }));
    postings.reverse();
    const refused =
      this.closedAmong(postings) ?? (command.force === true ? undefined : this.short(postings, false));
    if (refused !== undefined) return refused;
    const timestamp = command.atEffectiveDate === true ? original.timestamp : at;
    const mirror = this.book(postings, { status: 'posted', timestamp, reverts: id });
    this.put(this.transactions, id, { ...original, revertedBy: mirror });
    this.describeWith(mirror, command.metadata);
    return { ok: true, id: mirror };
  }

  private onHold(id: number, at: string, work: (hold: ModelTransaction) => ModelAnswer): ModelAnswer {
    const hold = this.transactions.get(id);
    if (hold === undefined) return no('transaction-unknown');
    if (hold.status !== 'pending') return no(OVER[hold.status], { transactionId: id });
    if (hold.expiresAt !== undefined && hold.expiresAt <= at)
      return no('hold-expired', { transactionId: id });
    return work(hold);
  }

  private expire(id: number, at: string): ModelAnswer {
    const hold = this.transactions.get(id);
    if (hold?.status !== 'pending') return no('not-open');
    if (hold.expiresAt === undefined || hold.expiresAt > at) return no('hold-not-due', { transactionId: id });
    return this.giveBack(hold, 'expired');
  }

  private capture(hold: ModelTransaction, { parts, keep }: ModelCapture): ModelAnswer {
    const moved = parts === undefined ? [...hold.left] : hold.left.map(() => 0n);
    for (const part of parts ?? []) {
      const tooMuch = spread(part, hold, moved);
      if (tooMuch !== undefined) return tooMuch;
    }
    const left = minus(hold.left, moved);
    const open = keep === true && left.some((amount) => amount > 0n);
    hold.postings.forEach((posting, index) => {
      const amount = nth(moved, index);
      this.reserve(posting, open ? -amount : -nth(hold.left, index));
      this.move({ ...posting, amount });
    });
    const taken = hold.taken.map((amount, index) => amount + nth(moved, index));
    const rest = open ? { left } : { left: left.map(() => 0n), status: 'captured' as const };
    this.put(this.transactions, hold.id, { ...hold, taken, ...rest });
    return { ok: true, id: hold.id };
  }

  private giveBack(hold: ModelTransaction, status: 'voided' | 'expired'): ModelAnswer {
    hold.postings.forEach((posting, index) => this.reserve(posting, -nth(hold.left, index)));
    this.put(this.transactions, hold.id, { ...hold, status, left: hold.left.map(() => 0n) });
    return { ok: true, id: hold.id };
  }

  private describe(command: Extract<ModelCommand, { kind: 'describe' | 'forget' }>): ModelAnswer {
    const { target } = command;
    if (typeof target === 'number' && !this.transactions.has(target)) return no('transaction-unknown');
    if (command.kind === 'describe') this.describeWith(target, command.metadata);
    else if (this.metadata.has(target)) {
      const kept = new Map(this.metadata.get(target));
      kept.delete(command.name);
      this.put(this.metadata, target, kept);
    }
    return OK;
  }

  private closedAmong(postings: readonly ModelPosting[]): ModelAnswer | undefined {
    const account = postings.flatMap(({ from, to }) => [from, to]).find((each) => this.rules.closed(each));
    return account === undefined ? undefined : no('account-closed', { account });
  }

  private failedOf(conditions: readonly ModelCondition[] = []): ModelAnswer | undefined {
    return conditions.map((each) => this.failed(each)).find((each) => each !== undefined);
  }

  private failed(condition: ModelCondition): ModelAnswer | undefined {
    const { account, asset, balance, op, amount } = condition;
    const actual = balance === 'posted' ? this.posted(account, asset) : this.available(account, asset);
    const sign = actual < amount ? 'l' : actual > amount ? 'g' : 'e';
    const met = op.startsWith(sign) || (sign === 'e' && op.endsWith('e'));
    return met ? undefined : no('condition-failed', { account, asset, balance, op, amount, actual });
  }

  /** Who lacks funds: what a posted transaction brings counts, what a hold would bring doesn't. */
  private short(postings: readonly ModelPosting[], pending: boolean): ModelAnswer | undefined {
    const needs = new Map<string, { account: string; asset: string; needed: bigint }>();
    const add = (account: string, asset: string, amount: bigint) => {
      const { needed = 0n } = needs.get(`${account} ${asset}`) ?? {};
      needs.set(`${account} ${asset}`, { account, asset, needed: needed + amount });
    };
    for (const { from, to, asset, amount } of postings) {
      add(from, asset, amount);
      if (!pending) add(to, asset, -amount);
    }
    for (const { account, asset, needed } of needs.values()) {
      const limit = this.rules.limit(account);
      const available = this.available(account, asset);
      if (needed <= 0n || limit === null || available - needed >= -limit) continue;
      return no('insufficient-funds', { account, asset, needed, available });
    }
    return undefined;
  }

  private book(
    postings: readonly ModelPosting[],
    more: Omit<ModelTransaction, 'id' | 'postings' | 'left' | 'taken'>,
  ): number {
    const id = this.transactions.size + 1;
    const held = more.status === 'pending' ? postings.map(({ amount }) => amount) : [];
    for (const posting of postings) {
      if (more.status === 'pending') this.reserve(posting, posting.amount);
      else this.move(posting);
    }
    this.put(this.transactions, id, { id, postings, left: held, taken: held.map(() => 0n), ...more });
    if (more.reference !== undefined) this.put(this.references, more.reference, id);
    return id;
  }

  private move({ from, to, asset, amount }: ModelPosting): void {
    this.change(from, asset, (each) => ({ ...each, output: each.output + amount }));
    this.change(to, asset, (each) => ({ ...each, input: each.input + amount }));
  }

  private reserve({ from, to, asset }: ModelPosting, amount: bigint): void {
    this.change(from, asset, (each) => ({ ...each, pendingOut: each.pendingOut + amount }));
    this.change(to, asset, (each) => ({ ...each, pendingIn: each.pendingIn + amount }));
  }

  private change(account: string, asset: string, next: (balance: ModelBalance) => ModelBalance): void {
    this.put(this.balances, `${account} ${asset}`, next(this.balance(account, asset)));
  }

  private describeWith(target: string | number, words: Words = {}): void {
    this.put(
      this.metadata,
      target,
      new Map([...(this.metadata.get(target) ?? []), ...Object.entries(words)]),
    );
  }

  private describeAll(id: number, { metadata, accountMetadata = {} }: ModelCreate): void {
    this.describeWith(id, metadata);
    for (const [account, words] of Object.entries(accountMetadata)) this.describeWith(account, words);
  }

  private put<K, V>(map: Map<K, V>, key: K, value: V): void {
    const before = map.get(key);
    this.journal?.push(() => (before === undefined ? map.delete(key) : map.set(key, before)));
    map.set(key, value);
  }
}

const OVER = {
  posted: 'not-a-hold',
  captured: 'hold-already-posted',
  voided: 'hold-already-voided',
  expired: 'hold-expired',
} as const;

const expiryOf = ({ pending, expiresIn }: ModelCreate, at: string): { readonly expiresAt?: string } =>
  pending === true && expiresIn !== undefined ? { expiresAt: later(at, expiresIn) } : {};

/** Seconds later; the six digits of the fraction stay. */
const later = (at: string, seconds: number): string => {
  const [whole = '', fraction = ''] = at.split('.');
  const end = new Date(Date.parse(`${whole}Z`) + seconds * 1000).toISOString();
  return `${end.slice(0, 19)}.${fraction}`;
};
