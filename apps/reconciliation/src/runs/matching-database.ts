import { Injectable } from '@nestjs/common';
import { Database, Lifecycle, type Transaction } from '@defter/platform';

/** A statement over a million lines takes longer than any request may; this is when it hangs. */
const STATEMENT_LIMIT_MS = 900_000;

/**
 * The tables' statistics are stale by the size of a whole report here (it came a moment ago), and with them
 * the planner has joined 200,000 lines to 200,000 operations by nested loops: over a minute instead of
 * seconds. Hash joins are linear whatever the statistics say.
 */
export const HASH_JOINS = `
  select set_config('enable_nestloop', 'off', true), set_config('enable_mergejoin', 'off', true),
         set_config('jit', 'off', true), set_config('work_mem', '128MB', true)`;

/** The service's database for matching: the same one, with time for statements over whole books. */
@Injectable()
export class MatchingDatabase {
  private sessions: Database | undefined;

  constructor(
    private readonly database: Database,
    lifecycle: Lifecycle,
  ) {
    lifecycle.register({
      name: 'matching-database',
      start: () => Promise.resolve(),
      stop: async () => this.sessions?.close(),
    });
  }

  /** Runs the work in one transaction that sees one moment. The work may be repeated. */
  inOneSnapshot<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.ours().transaction(work, { isolation: 'repeatable read' });
  }

  /** Runs the work in one transaction, as any other one, but for the time that a statement may take. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.ours().transaction(work);
  }

  private ours(): Database {
    this.sessions ??= this.database.sibling({ poolSize: 1, statementTimeoutMs: STATEMENT_LIMIT_MS });
    return this.sessions;
  }
}
