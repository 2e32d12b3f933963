import { LedgerState } from '@defter/ledger-domain';
import {
  type Database,
  Fault,
  isRefusedCommit,
  type Logger,
  type Queryable,
  sqlStateOf,
} from '@defter/platform';
import { loadPast } from '../backdating/past.read.js';
import type { MismatchRow } from '../mismatch-rows.js';
import { OpenTransaction } from './open-transaction.js';
import { type Batch, toBatch, writeBatch } from './append.js';
import { BatchDraft, type KnownKey } from './draft.js';
import { type Head, headOf, isSameHead } from './head.js';
import { fillState, knownKeys, readNeeds, type Runner } from './load.js';
import { needsOf, NO_NEEDS } from './needs.js';
import { readSettings } from './settings.js';
import type { Group, Outcome } from './submission.js';
import { wasCommitted } from './unknown-commit.js';

const ENTRIES_IN_MEMORY = 200_000;
/** After a lost race the head is locked for so many batches: two busy replicas would lose every other one. */
const CAREFUL_BATCHES = 50;
const READ_ATTEMPTS = 3;

/** Balances of the ledger after the batch that was decided last, and the head that must be theirs. */
interface Memory {
  readonly state: LedgerState;
  readonly strict: boolean;
  head: Head;
  /** The head before the last batch: the database may still show it while that batch is on its way. */
  headBefore: Head;
  /** Keys of the last batch, for the same reason. */
  recent: ReadonlyMap<string, KnownKey>;
  /** Time of the last batch. */
  at: string;
}

/** A batch that was decided and waits to be written. */
export interface Prepared {
  readonly outcomes: readonly (readonly Outcome[])[];
  readonly memory: Memory;
  /** Undefined when there is nothing to write: dry runs, repetitions, refusals without a key. */
  readonly batch: Batch | undefined;
}

/**
 * Decides and writes the batches of one ledger, in two steps that may overlap: while a batch is written, the
 * next one is decided on what it will leave. A batch is written only onto the very head that it was decided
 * on; if anything came in between, it is decided again with the head locked.
 */
export class BatchCommitter {
  private memory: Memory | undefined;
  private careful = 0;
  private deciding: Promise<unknown> = Promise.resolve();

  constructor(
    /** Sessions with WRITER_SESSION. */
    private readonly database: Database,
    private readonly logger: Pick<Logger, 'warn'>,
    readonly ledgerId: number,
    /** Told what a commit listed, once it is durable. */
    private readonly onMismatches: (rows: readonly MismatchRow[]) => void = () => undefined,
  ) {}

  /**
   * Decides the groups in their order on what the batch before leaves; answer nobody before `write`.
   * Undefined when it is better decided with the head locked. @throws Fault
   */
  async prepare(groups: readonly Group[]): Promise<Prepared | undefined> {
    if (this.careful > 0 || this.isFull || this.memory?.state.everyState === true) return undefined;
    return this.alone(() => this.decide(this.database, groups, fitsEither)).catch(unlessOutrun);
  }

  /**
   * Writes what was prepared, or decides it anew; the outcomes are durable when this returns. One at a time,
   * in the order of `prepare`.
   * @throws Fault when nothing was committed, or when that can't be known; the caller asks again with the
   * same keys.
   */
  async write(
    groups: readonly Group[],
    prepared: Prepared | undefined,
  ): Promise<readonly (readonly Outcome[])[]> {
    try {
      if (prepared !== undefined && (await this.writePrepared(prepared))) return prepared.outcomes;
      return await this.commitLocked(groups);
    } catch (error) {
      this.memory = undefined;
      throw error;
    }
  }

  private async writePrepared({ memory, batch }: Prepared): Promise<boolean> {
    // The batch before this one failed, and with it what this one was decided on; or a rule asks for the
    // past, which is read under the lock only.
    if (this.memory !== memory || memory.state.everyState) return false;
    if (batch === undefined) return true;
    const write = () =>
      batch.extras === undefined ? writeBatch(this.database, batch) : this.writeInTransaction(batch);
    if (await this.settled(batch, isRefused, write)) {
      this.onMismatches(batch.mismatches);
      return true;
    }
    this.memory = undefined;
    this.careful = CAREFUL_BATCHES;
    return false;
  }

  /** The way without a race: the head is locked before anything is read. */
  private async commitLocked(groups: readonly Group[]): Promise<readonly (readonly Outcome[])[]> {
    const { outcomes, batch, transaction } = await this.alone(async () => {
      const opened = await OpenTransaction.begin(this.database, this.ledgerId);
      if (this.isFull) this.memory = undefined;
      const decided = await opened.use((connection) => this.decide(connection, groups, fitsExactly));
      return { ...decided, transaction: opened };
    });
    if (batch === undefined) await transaction.end('rollback');
    else await this.writeLocked(transaction, batch);
    this.careful = Math.max(0, this.careful - 1);
    return outcomes;
  }

  private async writeLocked(transaction: OpenTransaction, batch: Batch): Promise<void> {
    await transaction.use(async (connection) => {
      if (await writeBatch(connection, batch)) return batch.extras?.(connection);
      throw new Error(`The head of ledger ${this.ledgerId} moved although it was locked`);
    });
    await this.settled(batch, isRefusedCommit, () => transaction.end('commit').then(() => true));
    this.onMismatches(batch.mismatches);
  }

  /** For the rare batch that writes more than one statement can; false when the head had moved. */
  private async writeInTransaction(batch: Batch): Promise<boolean> {
    const transaction = await OpenTransaction.begin(this.database);
    const written = await transaction.use(async (connection) => {
      const fits = await writeBatch(connection, batch);
      if (fits) await batch.extras?.(connection);
      return fits;
    });
    await transaction.end(written ? 'commit' : 'rollback');
    return written;
  }

  /**
   * Unless the server refused it, a failed commit may have happened: that is asked before anyone is
   * answered.
   */
  private async settled(
    batch: Batch,
    certain: (error: unknown) => boolean,
    commit: () => Promise<boolean>,
  ): Promise<boolean> {
    try {
      return await commit();
    } catch (error) {
      if (certain(error)) throw error;
      const { ledgerId } = this;
      this.logger.warn('A commit got no answer; asking what became of it', { ledgerId, error });
      if (batch.events > 0 && (await wasCommitted(this.database, ledgerId, batch))) return true;
      const detail = 'The database went away before the commit; the same keys may be used again';
      throw new Fault('unavailable', detail, 1, { cause: error });
    }
  }

  /** Entries in memory. */
  get size(): number {
    return this.memory?.state.size ?? 0;
  }

  /** Forgets what is in memory, at any moment; the next batch reads what it needs. */
  forget(): void {
    this.memory = undefined;
  }

  private get isFull(): boolean {
    return this.size > ENTRIES_IN_MEMORY;
  }

  /** One decision at a time: they share the state. */
  private alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.deciding.then(work);
    this.deciding = result.catch(() => undefined);
    return result;
  }

  private async decide(runner: Reader, groups: readonly Group[], fits: Fits): Promise<Prepared> {
    try {
      const { memory, loaded, at } = await this.load(runner, groups, fits);
      const { state, head } = memory;
      if (state.everyState && fits === fitsExactly) {
        state.setLows(await loadPast(runner, this.ledgerId, groups, { state, at }));
      }
      const draft = new BatchDraft(state, [memory.recent, loaded], head, at);
      const outcomes = groups.map((group) => draft.decideGroup(group));
      const batch = toBatch(this.ledgerId, head, draft, state);
      memory.headBefore = head;
      memory.recent = draft.decided;
      memory.at = at;
      if (batch !== undefined) memory.head = batch.after;
      return { outcomes, memory, batch };
    } catch (error) {
      // It may have been changed half-way.
      this.memory = undefined;
      throw error;
    }
  }

  /** Reads until everything was read under one head; what is in memory is trusted only under its own. */
  private async load(runner: Reader, groups: readonly Group[], fits: Fits): Promise<Loaded> {
    for (let attempt = 1; ; attempt++) {
      const memory = (this.memory ??= await this.begin(runner));
      const { state, strict } = memory;
      const ledger = { ledgerId: this.ledgerId, strict };
      state.beginBatch();
      const row = await readNeeds(runner, ledger, needsOf(groups, state));
      const later = await fillState(runner, ledger, row, state);
      if ([headOf(row), ...later].every((head) => fits(head, memory))) {
        // The server's clock may go back, and the batch on its way isn't seen: times of recording never do.
        const at = row.at > memory.at ? row.at : memory.at;
        return { memory, loaded: knownKeys(row), at };
      }
      this.memory = undefined;
      // Others write faster than this one reads: `write` then decides with the head locked.
      if (fits === fitsEither && attempt === READ_ATTEMPTS) {
        this.careful = CAREFUL_BATCHES;
        throw new Outrun();
      }
    }
  }

  /** An empty memory under the head of now. */
  private async begin(runner: Reader): Promise<Memory> {
    // The head first: rules that change while they are read have another version than it.
    const head = headOf(await readNeeds(runner, { ledgerId: this.ledgerId, strict: false }, NO_NEEDS));
    const settings = await readSettings(runner, this.ledgerId);
    const state = new LedgerState(settings, head.lastTransactionId);
    return { state, strict: settings.strict, head, headBefore: head, recent: new Map(), at: '' };
  }
}

/** Other replicas wrote each time while this one read. */
class Outrun extends Error {}

const unlessOutrun = (error: unknown): undefined => {
  if (!(error instanceof Outrun)) throw error;
};

type Reader = Runner & Queryable;
type Fits = (head: Head, memory: Memory) => boolean;

interface Loaded {
  readonly memory: Memory;
  readonly loaded: ReadonlyMap<string, KnownKey>;
  readonly at: string;
}

/**
 * A statement that the server refused was rolled back whole; one that it gave up on, or that got no answer,
 * may not be.
 */
const isRefused = (error: unknown): boolean => !(error instanceof Fault) && sqlStateOf(error) !== undefined;

/** The database shows the head after the batch before, or still the one before it. */
const fitsEither: Fits = (head, { head: after, headBefore }) =>
  isSameHead(head, after) || isSameHead(head, headBefore);

/** With the head locked nothing is on its way. */
const fitsExactly: Fits = (head, memory) => isSameHead(head, memory.head);
