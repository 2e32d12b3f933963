import { Injectable } from '@nestjs/common';
import { Database } from '@defter/platform';
import {
  type BoundsRow,
  BOUNDS_SQL,
  datedSql,
  type PostingRow,
  postingsSql,
  undatedSql,
} from './entries.sql.js';
import { inOrderOf, type Place, placeOf } from './place.js';
import { type Clock, VolumesAt } from './volumes-at.read.js';

/** Which entries of an account are asked for: those strictly between two places, in either direction. */
export interface EntriesQuestion {
  readonly account: string;
  readonly clock: Clock;
  readonly asset: string | undefined;
  readonly above: Place;
  readonly below: Place;
  readonly descending: boolean;
  readonly limit: number;
  /** Only events up to this one count, so that all pages of a statement show one state of the ledger. */
  readonly known: number;
}

/** A sequence and a position in its event, to compare with. */
type Cut = readonly [sequence: number, position: number];

/** The postings of an account, in the order of either clock. */
@Injectable()
export class EntryReader {
  constructor(
    private readonly database: Database,
    private readonly volumes: VolumesAt,
  ) {}

  /** The last event of a ledger. */
  async headOf(ledgerId: number): Promise<number> {
    const sql = 'select sequence::float8 as sequence from ledger_head where ledger_id = $1';
    const [head] = await this.database.query<{ sequence: number }>(sql, [ledgerId]);
    return head?.sequence ?? 0;
  }

  /** The postings that the question asks for, at most `limit`. */
  async postings(ledgerId: number, question: EntriesQuestion): Promise<PostingRow[]> {
    if (question.clock === 'recorded') return this.inSequence(ledgerId, question, postingsSql);
    const dated = await this.dated(ledgerId, question);
    const others = await this.inSequence(ledgerId, narrowed(question, dated), undatedSql);
    return inOrderOf([...dated, ...others], question).slice(0, question.limit);
  }

  private async inSequence(
    ledgerId: number,
    question: EntriesQuestion,
    sqlOf: (descending: boolean) => string,
  ): Promise<PostingRow[]> {
    const { account, asset, above, below, known, descending, limit } = question;
    const [bounds] = await this.database.query<BoundsRow>(BOUNDS_SQL, [ledgerId, above.at, below.at]);
    if (bounds === undefined) throw new Error('An instant has no place among the events');
    const low = cutAt(above, bounds.lowBefore, bounds.lowUpTo);
    const high = cutAt(below, bounds.highBefore, bounds.highUpTo);
    return this.database.query<PostingRow>(sqlOf(descending), [
      ledgerId,
      account,
      asset ?? null,
      known,
      ...low,
      ...high,
      limit,
    ]);
  }

  private async dated(ledgerId: number, question: EntriesQuestion): Promise<PostingRow[]> {
    const { account, asset, above, below, known, descending, limit } = question;
    return this.database.query<PostingRow>(datedSql(descending), [
      ledgerId,
      account,
      asset === undefined ? await this.volumes.assetsOf(ledgerId, account) : [asset],
      known,
      above.at,
      above.sequence,
      above.position,
      below.at,
      below.sequence,
      below.position,
      limit,
    ]);
  }
}

/**
 * A full page of dated postings ends at its last one: nothing behind it can be on the page, and the other
 * postings need not be read beyond.
 */
const narrowed = (question: EntriesQuestion, dated: readonly PostingRow[]): EntriesQuestion => {
  const last = dated.at(-1);
  if (last === undefined || dated.length < question.limit) return question;
  const place = placeOf(last);
  return question.descending ? { ...question, above: place } : { ...question, below: place };
};

/**
 * A place in time as one in the sequence, for postings that took effect when they were recorded. `before` and
 * `upTo` are the last events before its instant and at it.
 */
const cutAt = ({ sequence, position }: Place, before: number, upTo: number): Cut => {
  if (sequence <= before) return [before + 1, -1];
  return sequence > upTo ? [upTo + 1, -1] : [sequence, position];
};
