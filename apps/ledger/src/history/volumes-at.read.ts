import { Injectable } from '@nestjs/common';
import { type Balance, type DecodedEvent, decodeEvent, type LedgerEvent } from '@defter/ledger-domain';
import { Database, type Queryable } from '@defter/platform';
import { VOLUMES_AT_SQL, type VolumesAtRow } from './volumes-at.sql.js';

/** `effective`: when it happened in the world. `recorded`: when the ledger wrote it. */
export type Clock = 'effective' | 'recorded';

/**
 * A moment of a ledger's past: everything up to and including the instant. Of the events at exactly that
 * instant only those up to `tie` count, and of all events only those up to `known`: what was known then.
 */
export interface Moment {
  /** ISO 8601, UTC, six fractional digits; or `infinity`, which leaves out nothing. */
  readonly at: string;
  readonly tie?: number;
  readonly known?: number;
}

/** Which balance at which moment is asked for. */
export interface Question extends Moment {
  readonly account: string;
  readonly asset: string;
}

/** An event as it stands in the log, read back. */
export interface StoredEvent extends DecodedEvent {
  readonly sequence: number;
  readonly recordedAt: string;
}

/** Everything that was ever recorded. */
export const FOREVER = 'infinity';

/** What accounts had at moments of the past; `VOLUMES_AT_SQL` says what it costs. */
@Injectable()
export class VolumesAt {
  constructor(private readonly database: Database) {}

  /**
   * The balance for each question, in their order. What holds reserve counts from the recording of the hold
   * to the recording of its end, on both clocks: a reservation is about what could be spent then.
   */
  async volumesAt(
    ledgerId: number,
    clock: Clock,
    questions: readonly Question[],
    queryable: Queryable = this.database,
  ): Promise<Balance[]> {
    if (questions.length === 0) return [];
    const rows = await queryable.query<VolumesAtRow>(VOLUMES_AT_SQL, [
      ledgerId,
      questions.map(({ account }) => account),
      questions.map(({ asset }) => asset),
      questions.map(({ at }) => at),
      questions.map(({ tie }) => tie ?? null),
      questions.map(({ known }) => known ?? null),
      clock === 'effective',
    ]);
    const sequences = rows.flatMap(({ last_sequence: last }) => (last === null ? [] : [last]));
    const events = await this.events(ledgerId, sequences, queryable);
    return rows.map((row, index) => toBalance(row, questions[index], events));
  }

  /** Events by their sequences. They never change, so it doesn't matter when they are read. */
  async events(
    ledgerId: number,
    sequences: readonly number[],
    queryable: Queryable = this.database,
  ): Promise<Map<number, StoredEvent>> {
    if (sequences.length === 0) return new Map();
    const rows = await queryable.query<{
      sequence: number;
      type: LedgerEvent['type'];
      payload: unknown;
      recordedAt: string;
    }>(EVENTS_SQL, [ledgerId, [...new Set(sequences)]]);
    return new Map(
      rows.map(({ sequence, type, payload, recordedAt }) => [
        sequence,
        { sequence, recordedAt, ...decodeEvent(type, payload) },
      ]),
    );
  }

  /** The assets that an account ever had, by name. */
  async assetsOf(ledgerId: number, account: string): Promise<string[]> {
    const sql = 'select asset from balance where ledger_id = $1 and account = $2 order by asset';
    const rows = await this.database.query<{ asset: string }>(sql, [ledgerId, account]);
    return rows.map(({ asset }) => asset);
  }
}

const EVENTS_SQL = `
select event.sequence::float8 as sequence, event.type, event.payload,
  to_char(event.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "recordedAt"
from unnest($2::bigint[]) as wanted (sequence)
cross join lateral (select * from event
  where event.ledger_id = $1 and event.sequence = wanted.sequence limit 1) as event`;

const toBalance = (
  row: VolumesAtRow,
  question: Question | undefined,
  events: ReadonlyMap<number, StoredEvent>,
): Balance => {
  const recorded = recordedVolumes(row, question, events);
  return {
    input: recorded.input + BigInt(row.input_correction),
    output: recorded.output + BigInt(row.output_correction),
    pendingIn: BigInt(row.pending_in),
    pendingOut: BigInt(row.pending_out),
  };
};

const recordedVolumes = (
  { input, output, last_sequence: last }: VolumesAtRow,
  question: Question | undefined,
  events: ReadonlyMap<number, StoredEvent>,
): { readonly input: bigint; readonly output: bigint } => {
  if (input !== null && output !== null) return { input: BigInt(input), output: BigInt(output) };
  if (last === null) return { input: 0n, output: 0n };
  const after = events
    .get(last)
    ?.after.find(({ account, asset }) => account === question?.account && asset === question.asset);
  if (after === undefined) throw new Error(`Event ${last} doesn't say the balance that it changed`);
  return after;
};
