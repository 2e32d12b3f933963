import { hash } from 'node:crypto';
import {
  canonicalCommand,
  decide,
  encodeEventAfter,
  evolve,
  type LedgerCommand,
  type LedgerEvent,
  type LedgerState,
  noteEvent,
  touchedBalances,
} from '@defter/ledger-domain';
import type { Head } from './head.js';
import type { EngineRefusal, EventRecord, Group, Outcome, Submission } from './submission.js';
import { refuseTooWatched } from './watched.js';

/** An accepted event on its way into the database. */
export interface DraftEvent extends EventRecord {
  readonly payload: string;
  /** Hexadecimal. */
  readonly fingerprint: string | null;
}

export interface DraftRefusal {
  readonly key: string;
  readonly fingerprint: string;
  readonly refusal: EngineRefusal;
}

/** What is known of an idempotency key: from the database, or from earlier in this batch. */
export interface KnownKey {
  readonly fingerprint: string;
  readonly outcome: Outcome;
}

/** What an event comes from. */
interface Cause {
  readonly command: LedgerCommand;
  readonly key: string | null;
  readonly fingerprint: string | null;
}

/** Where a group began, so that it can be taken back. */
interface Before {
  readonly events: number;
  readonly refusals: number;
  readonly keys: ReadonlySet<string>;
  readonly latestEffectiveAt: string;
}

const FINGERPRINT_DIGITS = 32;

/** 128 bits of the SHA-256 of the canonical command: tells whether a key comes back with the same body. */
export const fingerprintOf = ({ command, context = '' }: Submission): string =>
  hash('sha256', context + canonicalCommand(command), 'hex').slice(0, FINGERPRINT_DIGITS);

/**
 * A batch while it is decided: one command after the other, each on the state that the one before left. A
 * refusal changes nothing; a group that must not stay (atomic and refused, or a dry run) is taken back whole.
 */
export class BatchDraft {
  readonly events: DraftEvent[] = [];
  readonly refusals: DraftRefusal[] = [];
  /** Accounts that had no balance before this batch. */
  readonly newAccounts = new Map<string, number>();
  /** Keys of this batch. */
  readonly decided = new Map<string, KnownKey>();
  private latestEffectiveAt: string;

  constructor(
    private readonly state: LedgerState,
    /** Keys that were used before this batch; the first map that has one is right. */
    private readonly earlier: readonly ReadonlyMap<string, KnownKey>[],
    private readonly head: Pick<Head, 'sequence' | 'latestEffectiveAt'>,
    readonly at: string,
  ) {
    this.latestEffectiveAt = head.latestEffectiveAt ?? '';
  }

  /** Decides a group; its outcomes are in the order of its submissions. */
  decideGroup(group: Group): readonly Outcome[] {
    const again = this.refusedBefore(group);
    if (again !== undefined) return again;
    if (!group.dryRun && group.mode !== 'atomic') return this.decideAll(group);
    const before = this.before(group);
    this.state.mark();
    const outcomes = this.decideAll(group);
    const refused = outcomes.findIndex(({ accepted }) => !accepted);
    if (!group.dryRun && refused === -1) {
      this.state.keep();
      return outcomes;
    }
    this.state.takeBack();
    this.forget(group, before);
    return group.mode === 'atomic' && refused !== -1 ? this.rolledBack(group, outcomes, refused) : outcomes;
  }

  private before({ submissions }: Group): Before {
    const keys = submissions.flatMap(({ key }) => (key !== undefined && this.decided.has(key) ? [key] : []));
    return {
      events: this.events.length,
      refusals: this.refusals.length,
      keys: new Set(keys),
      latestEffectiveAt: this.latestEffectiveAt,
    };
  }

  /** An atomic group that was refused is refused as it was, even if another part would fail first by now. */
  private refusedBefore(group: Group): readonly Outcome[] | undefined {
    if (group.mode !== 'atomic') return undefined;
    for (const [index, submission] of group.submissions.entries()) {
      const known = submission.key === undefined ? undefined : this.knownKey(submission.key);
      if (submission.key === undefined || known === undefined) continue;
      const outcome = repeated(known, submission.key, fingerprintOf(submission));
      if (!outcome.accepted) return this.withRolledBack(group, index, outcome);
    }
    return undefined;
  }

  private decideAll(group: Group): readonly Outcome[] {
    let stopped = false;
    return group.submissions.map((submission): Outcome => {
      if (stopped) return { accepted: false, hit: false, refusal: { code: 'not-executed' } };
      const outcome = this.decideOne(submission);
      stopped = !outcome.accepted && (group.mode !== 'continue' || isConflictOf(group, outcome));
      return outcome;
    });
  }

  private decideOne(submission: Submission): Outcome {
    const { command, key } = submission;
    if (key === undefined) return this.decideNew(command, null, null);
    const fingerprint = fingerprintOf(submission);
    const known = this.knownKey(key);
    if (known !== undefined) return repeated(known, key, fingerprint);
    const outcome = this.decideNew(command, key, fingerprint);
    if (!outcome.accepted && !this.state.refusalsStick) return outcome;
    this.decided.set(key, { fingerprint, outcome });
    if (!outcome.accepted) this.refusals.push({ key, fingerprint, refusal: outcome.refusal });
    return outcome;
  }

  private knownKey(key: string): KnownKey | undefined {
    const decided = this.decided.get(key);
    if (decided !== undefined) return decided;
    for (const keys of this.earlier) {
      const known = keys.get(key);
      if (known !== undefined) return known;
    }
    return undefined;
  }

  private decideNew(command: LedgerCommand, key: string | null, fingerprint: string | null): Outcome {
    const decision = decide(command, this.state, this.at);
    if (!decision.accepted) return { accepted: false, hit: false, refusal: decision.refusal };
    const refusal = refuseTooWatched(decision.events, this.state);
    if (refusal !== undefined) return { accepted: false, hit: false, refusal };
    const record = this.record(decision.events, { command, key, fingerprint });
    return { accepted: true, hit: false, record };
  }

  private record(events: readonly LedgerEvent[], { command, key, fingerprint }: Cause): EventRecord {
    const [event, ...more] = events;
    if (event === undefined || more.length > 0) throw new Error('A ledger decision is exactly one event');
    const sequence = this.head.sequence + this.events.length + 1;
    const touched = touchedBalances(event);
    noteNewAccounts({ event, touched, sequence }, this.state, this.newAccounts);
    const notesAfter = noteEvent(command, this.state, touched);
    evolve(this.state, event);
    const notes = notesAfter?.();
    const after = touched.map(([account, asset]) => {
      const { input, output, pendingIn, pendingOut } = this.state.balance(account, asset);
      return { account, asset, input, output, pendingIn, pendingOut };
    });
    const inOrder = this.isInOrder(event);
    const record = { sequence, recordedAt: this.at, key, event, after, inOrder, ...notes };
    this.events.push({ ...record, payload: encodeEventAfter(event, after, notes), fingerprint });
    return record;
  }

  private isInOrder(event: LedgerEvent): boolean {
    const effectiveAt = 'transaction' in event ? event.transaction.timestamp : this.at;
    if (effectiveAt > this.latestEffectiveAt) this.latestEffectiveAt = effectiveAt;
    return effectiveAt === this.at && this.latestEffectiveAt === this.at;
  }

  private forget(group: Group, before: Before): void {
    const firstGone = this.head.sequence + before.events + 1;
    this.events.length = before.events;
    this.refusals.length = before.refusals;
    this.latestEffectiveAt = before.latestEffectiveAt;
    for (const { key } of group.submissions) {
      if (key !== undefined && !before.keys.has(key)) this.decided.delete(key);
    }
    for (const [account, sequence] of this.newAccounts)
      if (sequence >= firstGone) this.newAccounts.delete(account);
  }

  /**
   * An atomic group that failed: the refused submission keeps its reason (and its key), the others say so.
   */
  private rolledBack(group: Group, outcomes: readonly Outcome[], refused: number): readonly Outcome[] {
    const submission = group.submissions[refused];
    const outcome = outcomes[refused];
    if (!group.dryRun && submission?.key !== undefined && outcome?.accepted === false && !outcome.hit) {
      this.keepRefusal(submission.key, submission, outcome);
    }
    return outcome === undefined ? outcomes : this.withRolledBack(group, refused, outcome);
  }

  /** Only what this group did is rolled back: what its keys did before stands, and says so. */
  private withRolledBack({ submissions }: Group, refused: number, outcome: Outcome): readonly Outcome[] {
    return submissions.map((submission, index) => {
      if (index === refused) return outcome;
      const known = submission.key === undefined ? undefined : this.knownKey(submission.key);
      return known === undefined || submission.key === undefined
        ? { accepted: false, hit: false, refusal: { code: 'rolled-back' } }
        : repeated(known, submission.key, fingerprintOf(submission));
    });
  }

  private keepRefusal(
    key: string,
    submission: Submission,
    outcome: Extract<Outcome, { accepted: false }>,
  ): void {
    if (outcome.refusal.code === 'idempotency-key-conflict' || !this.state.refusalsStick) return;
    const fingerprint = fingerprintOf(submission);
    this.decided.set(key, { fingerprint, outcome });
    this.refusals.push({ key, fingerprint, refusal: outcome.refusal });
  }
}

/** Notes the accounts that the event, not applied yet, is the first to name. */
export const noteNewAccounts = (
  { event, touched, sequence }: { event: LedgerEvent; touched: Touched; sequence: number },
  state: LedgerState,
  newAccounts: Map<string, number>,
): void => {
  for (const [account, asset] of touched) {
    if (!state.hasBalance(account, asset) && !newAccounts.has(account)) newAccounts.set(account, sequence);
  }
  for (const account of describedAccounts(event)) {
    if (!newAccounts.has(account)) newAccounts.set(account, sequence);
  }
};

type Touched = ReturnType<typeof touchedBalances>;

/** Accounts that an event gives metadata: it may be the first to name them. */
const describedAccounts = (event: LedgerEvent): readonly string[] => {
  if (event.type === 'TransactionCreated') return Object.keys(event.transaction.accountMetadata ?? {});
  return event.type === 'MetadataSet' && event.target.kind === 'account' ? [event.target.address] : [];
};

/**
 * The outcome of a key that was used before: the same again, or a conflict when the command is another one.
 */
const repeated = ({ fingerprint, outcome }: KnownKey, key: string, given: string): Outcome =>
  given === fingerprint
    ? { ...outcome, hit: true }
    : { accepted: false, hit: false, refusal: { code: 'idempotency-key-conflict', key } };

const isConflictOf = ({ sharesKey }: Group, outcome: Extract<Outcome, { accepted: false }>): boolean =>
  sharesKey === true && outcome.refusal.code === 'idempotency-key-conflict';
