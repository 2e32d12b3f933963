import { Injectable } from '@nestjs/common';
import { currentTrace, Database, type Parameters } from '@defter/platform';
import { type EventRow, type Intake, toConflict } from './intake.js';
import { isSame, knownEvents, knownParameters, type KnownRow } from './known-events.js';
import {
  type NamedStatement,
  storeConflicts,
  type StoredRow,
  storeEvents,
  storeParameters,
} from './store-intake.js';

/** What storing a request came to. Each of its events is in one of the three. */
export interface Stored {
  readonly fresh: readonly EventRow[];
  readonly duplicates: readonly KnownEvent[];
  readonly conflicts: readonly KnownEvent[];
}

/** An event whose key was there, and the id of the event that had it first. */
export interface KnownEvent {
  readonly event: EventRow;
  readonly firstId: string;
}

/** Runs a statement; the way decides whether it is a transaction of its own or part of one. */
export type Run = <R extends object>(statement: NamedStatement, parameters: Parameters) => Promise<R[]>;

/** Writes requests with their events, each event once for ever. */
@Injectable()
export class WebhookStore {
  constructor(private readonly database: Database) {}

  /**
   * Stores what is new. When it returns, all of it is committed. The usual request takes one round trip; one with a
   * known key a second, to tell a repetition from a conflict; a conflict a third. A crash between them is harmless:
   * nothing was acknowledged yet, and the provider's next try finds what is there.
   * @throws Fault when the database is away: the provider has to come again
   */
  store(intake: Intake): Promise<Stored> {
    return this.storeBy(this.prepared, intake);
  }

  /** The same inside the transaction at hand. */
  storeInTransaction(intake: Intake): Promise<Stored> {
    return this.storeBy(({ text }, parameters) => this.database.query(text, parameters), intake);
  }

  private async storeBy(run: Run, intake: Intake): Promise<Stored> {
    const traceparent = currentTrace()?.traceparent;
    const stored = await run<StoredRow>(storeEvents, storeParameters(intake, traceparent));
    if (stored.length === intake.events.length && intake.repeated.length === 0) {
      return { fresh: intake.events, duplicates: [], conflicts: [] };
    }
    const keys = new Set(stored.map(({ unique_key: key }) => key));
    const fresh = intake.events.filter(({ uniqueKey }) => keys.has(uniqueKey));
    const others = [...intake.events.filter(({ uniqueKey }) => !keys.has(uniqueKey)), ...intake.repeated];
    const { duplicates, conflicts } = await this.compare(run, intake, others);
    if (conflicts.length > 0) {
      await run<StoredRow>(storeConflicts, storeParameters(toConflict(intake, conflicts), traceparent));
    }
    return { fresh, duplicates, conflicts };
  }

  private async compare(
    run: Run,
    intake: Intake,
    events: readonly EventRow[],
  ): Promise<Omit<Stored, 'fresh'>> {
    const rows = await run<KnownRow>(knownEvents, knownParameters(intake, events));
    const known = new Map(rows.map((row) => [row.unique_key, row]));
    const duplicates: KnownEvent[] = [];
    const conflicts: KnownEvent[] = [];
    for (const event of events) {
      const row = known.get(event.uniqueKey);
      // Rows are never removed, and the insert waited for the other writer, so the row is there.
      if (row === undefined) throw new Error('A webhook event was neither stored nor known');
      // Only a replay meets its own events; a mended adapter may read them otherwise, the bytes are the same.
      const own = row.request_id === intake.origin.requestId && intake.events.includes(event);
      (own || isSame(row, event) ? duplicates : conflicts).push({ event, firstId: row.id });
    }
    return { duplicates, conflicts };
  }

  /** Planned once per connection: planning takes longer than the insert itself. */
  private readonly prepared: Run = async <R extends object>(
    statement: NamedStatement,
    parameters: Parameters,
  ) => {
    const connection = await this.database.connection();
    try {
      return (await connection.run<R>({ ...statement, values: [...parameters] })).rows;
    } finally {
      connection.release();
    }
  };
}
