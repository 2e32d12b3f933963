import { Injectable } from '@nestjs/common';
import { Database, Metrics, type Parameters } from '@defter/platform';
import { GroupWriter } from './group-writer.js';
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

/** Events by what is known of their keys. */
interface Looked {
  readonly duplicates: readonly KnownEvent[];
  readonly conflicts: readonly KnownEvent[];
  readonly unknown: readonly EventRow[];
}

/** Runs a statement; the way decides whether it is a transaction of its own or part of one. */
export type Run = <R extends object>(statement: NamedStatement, parameters: Parameters) => Promise<R[]>;

const groupSizes = [1, 2, 4, 8, 16, 32, 64];

/** Writes requests with their events, each event once for ever. */
@Injectable()
export class WebhookStore {
  private readonly writer: GroupWriter;

  constructor(
    private readonly database: Database,
    metrics: Metrics,
  ) {
    const sizes = metrics.histogram('defter_webhooks_group_size', 'Requests per statement', [], groupSizes);
    const backlog = metrics.gauge('defter_webhooks_backlog_requests', 'Requests that wait to be written');
    const write = (intakes: readonly Intake[]) => newEvents(this.prepared, intakes);
    this.writer = new GroupWriter(write, (size) => {
      sizes.observe(size);
      backlog.set(this.writer.backlog);
    });
  }

  /**
   * Stores what is new. When it returns, all of it is committed. The usual request shares one round trip with
   * others; one with a known key takes a second, to tell a repetition from a conflict; a conflict a third. A
   * crash between them is harmless: nothing was acknowledged yet, and the provider's next try finds what is
   * there.
   * @throws Fault when the database is away: the provider has to come again
   */
  async store(intake: Intake): Promise<Stored> {
    return this.sort(this.prepared, intake, await this.writer.add(intake));
  }

  /** The same inside the transaction at hand. */
  async storeInTransaction(intake: Intake): Promise<Stored> {
    const run: Run = ({ text }, parameters) => this.database.query(text, parameters);
    return this.sort(run, intake, await newEvents(run, [intake]));
  }

  private async sort(run: Run, intake: Intake, fresh: ReadonlySet<string>): Promise<Stored> {
    const isFresh = ({ id }: EventRow) => fresh.has(id);
    const others = [...intake.events.filter((event) => !isFresh(event)), ...intake.repeated];
    if (others.length === 0) return { fresh: intake.events, duplicates: [], conflicts: [] };
    const { duplicates, conflicts } = await this.compare(run, intake, others);
    if (conflicts.length > 0) await run(storeConflicts, storeParameters([toConflict(intake, conflicts)]));
    return { fresh: intake.events.filter(isFresh), duplicates, conflicts };
  }

  /** Tells the events of an intake apart without storing anything. */
  async look(intake: Intake): Promise<Looked> {
    const run: Run = ({ text }, parameters) => this.database.query(text, parameters);
    return this.known(run, intake, [...intake.events, ...intake.repeated]);
  }

  private async compare(run: Run, intake: Intake, events: readonly EventRow[]): Promise<Looked> {
    const looked = await this.known(run, intake, events);
    // Rows are never removed, and the insert waited for the other writer, so the row is there.
    if (looked.unknown.length > 0) throw new Error('A webhook event was neither stored nor known');
    return looked;
  }

  private async known(run: Run, intake: Intake, events: readonly EventRow[]): Promise<Looked> {
    const rows = await run<KnownRow>(knownEvents, knownParameters(intake, events));
    const known = new Map(rows.map((row) => [row.unique_key, row]));
    const looked = {
      duplicates: [] as KnownEvent[],
      conflicts: [] as KnownEvent[],
      unknown: [] as EventRow[],
    };
    for (const event of events) {
      const row = known.get(event.uniqueKey);
      if (row === undefined) {
        looked.unknown.push(event);
        continue;
      }
      // Only a replay meets its own events; a mended adapter may read them otherwise, the bytes are the same.
      const own = row.request_id === intake.origin.requestId && intake.events.includes(event);
      const kind = own || isSame(row, event) ? looked.duplicates : looked.conflicts;
      kind.push({ event, firstId: row.id });
    }
    return looked;
  }

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

async function newEvents(run: Run, intakes: readonly Intake[]): Promise<ReadonlySet<string>> {
  const rows = await run<StoredRow>(storeEvents, storeParameters(intakes));
  return new Set(rows.map(({ id }) => id));
}
