import { LedgerState } from '@defter/ledger-domain';
import { type Connection, type Database, Fault, type Logger } from '@defter/platform';
import { loadPast } from '../backdating/past.js';
import type { MismatchRow } from '../rollout/mismatch-rows.js';
import { append, type Written } from './append.js';
import { BatchDraft } from './draft.js';
import { beginWithHead, type Head } from './head.js';
import { load } from './load.js';
import { readSettings } from './settings.js';
import type { Group, Outcome } from './submission.js';
import { wasCommitted } from './unknown-commit.js';

const BALANCES_IN_MEMORY = 200_000;

interface Memory {
  readonly state: LedgerState;
  readonly strict: boolean;
  readonly settingsVersion: number;
  /** The head's sequence for which the balances in memory are true. */
  sequence: number;
}

/**
 * Commits batches of one ledger, one at a time. The balances of the last batch stay in memory and are trusted
 * only while the head says that nobody else wrote since.
 */
export class BatchCommitter {
  private memory: Memory | undefined;

  constructor(
    private readonly database: Database,
    private readonly logger: Pick<Logger, 'warn'>,
    readonly ledgerId: number,
    /** Told what a commit listed, once it is durable. */
    private readonly onMismatches: (rows: readonly MismatchRow[]) => void = () => undefined,
  ) {}

  /**
   * Decides and commits the groups in their order; the outcomes are durable when this returns.
   * @throws Fault when nothing was committed, or when that can't be known; the caller asks again with the
   * same keys.
   */
  async commit(groups: readonly Group[]): Promise<readonly (readonly Outcome[])[]> {
    const connection = await this.database.connection();
    try {
      const outcomes = await this.commitOn(connection, groups);
      connection.release();
      return outcomes;
    } catch (error) {
      this.memory = undefined;
      // Closing the connection rolls back whatever is open on it.
      connection.release(true);
      throw error;
    }
  }

  private async commitOn(
    connection: Connection,
    groups: readonly Group[],
  ): Promise<readonly (readonly Outcome[])[]> {
    const head = await beginWithHead(connection, this.ledgerId);
    const memory = await this.remember(connection, head);
    const { state, strict } = memory;
    const { at, known } = await load(connection, { ledgerId: this.ledgerId, strict }, groups, state);
    if (state.everyState) state.setLows(await loadPast(connection, this.ledgerId, groups, { state, at }));
    const draft = new BatchDraft(state, known, head, at);
    const outcomes = groups.map((group) => draft.decideGroup(group));
    const written = await append(connection, this.ledgerId, head, { draft, state, at });
    await this.settle(connection, written, draft.refusals.length > 0);
    if (written !== undefined && written.mismatches.length > 0) this.onMismatches(written.mismatches);
    memory.sequence = head.sequence + draft.events.length;
    state.forgetTransactions();
    state.trimBalances(BALANCES_IN_MEMORY);
    return outcomes;
  }

  private async remember(connection: Connection, head: Head): Promise<Memory> {
    const kept = this.memory;
    if (kept?.sequence === head.sequence && kept.settingsVersion === head.settingsVersion) return kept;
    const settings = await readSettings(connection, this.ledgerId);
    this.memory = {
      state: new LedgerState(settings, head.lastTransactionId),
      strict: settings.strict,
      settingsVersion: head.settingsVersion,
      sequence: head.sequence,
    };
    return this.memory;
  }

  /**
   * Ends the transaction. Whatever a failed COMMIT says, its outcome is asked for before anyone is answered.
   */
  private async settle(
    connection: Connection,
    written: Written | undefined,
    refusals: boolean,
  ): Promise<void> {
    if (written === undefined && !refusals) {
      await connection.query('rollback');
      return;
    }
    try {
      await connection.query('commit');
    } catch (error) {
      this.logger.warn('A commit got no answer; asking what became of it', {
        ledgerId: this.ledgerId,
        error,
      });
      if (written !== undefined && (await wasCommitted(this.database, this.ledgerId, written))) return;
      throw new Fault(
        'unavailable',
        'The database went away before the commit; the same keys may be used again',
        1,
      );
    }
  }
}
