import { Injectable } from '@nestjs/common';
import { EntryReader } from './entries.read.js';
import type { PostingRow } from './entries.sql.js';
import { BEGINNING, END, inOrderOf, justBefore, type Place, placeOf, startOf } from './place.js';
import { effectiveEntries, type Entry, recordedEntries, type Volumes } from './running-balance.js';
import type { StatementForm, StatementPage } from './statement.wire.js';
import { FOREVER, VolumesAt } from './volumes-at.read.js';

/** What an account had in an asset before the statement and after it. */
export interface Frame {
  readonly asset: string;
  readonly opening: Volumes;
  readonly closing: Volumes;
}

const NOTHING: Volumes = { input: 0n, output: 0n };

/** The place of an entry by the statement's clock. */
export const placeIn = ({ clock }: StatementForm, entry: Entry): Place =>
  clock === 'effective' ? placeOf(entry) : { ...placeOf(entry), at: entry.recordedAt };

/** An account's statement: its entries with the running balance, between an opening and a closing one. */
@Injectable()
export class Statements {
  constructor(
    private readonly reader: EntryReader,
    private readonly volumes: VolumesAt,
  ) {}

  /** The last event that a new statement shows. */
  headOf(ledgerId: number): Promise<number> {
    return this.reader.headOf(ledgerId);
  }

  /** Entries in the direction of reading, one more than the page shows. */
  async entries(
    ledgerId: number,
    account: string,
    page: StatementPage & { readonly known: number },
  ): Promise<Entry[]> {
    const { clock, asset, known, pageSize } = page;
    const descending = page.descending !== page.backward;
    const { above, below } = between(page, descending);
    const question = { account, clock, asset, above, below, descending, known, limit: pageSize + 1 };
    const rows = await this.reader.postings(ledgerId, question);
    const sequences = rows.map(({ sequence }) => sequence);
    const events = await this.volumes.events(ledgerId, sequences);
    if (clock === 'recorded') return recordedEntries(account, rows, events);
    const ascending = inOrderOf(rows, { descending: false });
    const after = await this.afterFirst(ledgerId, account, ascending, known);
    const entries = effectiveEntries(account, ascending, events, after);
    return descending ? entries.reverse() : entries;
  }

  /** Opening and closing volumes of each asset that has any. */
  async frame(
    ledgerId: number,
    account: string,
    { clock, asset, from, to, known }: StatementPage & { readonly known: number },
  ): Promise<Frame[]> {
    const assets = asset === undefined ? await this.volumes.assetsOf(ledgerId, account) : [asset];
    const at = (instant: string) =>
      this.volumes.volumesAt(
        ledgerId,
        clock,
        assets.map((each) => ({ account, asset: each, at: instant, known })),
      );
    const openings = from === undefined ? [] : await at(justBefore(from));
    const closings = await at(to === undefined ? FOREVER : justBefore(to));
    return assets
      .map((each, index) => ({
        asset: each,
        opening: openings[index] ?? NOTHING,
        closing: closings[index] ?? NOTHING,
      }))
      .filter(({ closing }) => closing.input !== 0n || closing.output !== 0n);
  }

  /** The volumes of each asset on the page right after the event of its first row, by effective time. */
  private async afterFirst(
    ledgerId: number,
    account: string,
    rows: readonly PostingRow[],
    known: number,
  ): Promise<Map<string, Volumes>> {
    const [first] = rows;
    if (first === undefined) return new Map();
    const assets = [...new Set(rows.map(({ asset }) => asset))];
    const moment = { at: first.effectiveAt, tie: first.sequence, known };
    const volumes = await this.volumes.volumesAt(
      ledgerId,
      'effective',
      assets.map((asset) => ({ account, asset, ...moment })),
    );
    return new Map(assets.map((asset, index) => [asset, volumes[index] ?? NOTHING]));
  }
}

/** The places between which the page lies: those of the statement, narrowed by where the reading goes on. */
const between = (
  { from, to, place }: StatementPage,
  descending: boolean,
): { readonly above: Place; readonly below: Place } => {
  const above = from === undefined ? BEGINNING : startOf(from);
  const below = to === undefined ? END : startOf(to);
  if (place === undefined) return { above, below };
  return descending ? { above, below: place } : { above: place, below };
};
