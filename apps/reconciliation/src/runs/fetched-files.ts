import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import type { ReportRef } from '@defter/payments-contracts';
import { CLOCK, Database, type Queryable, type Transaction } from '@defter/platform';
import { sha256 } from '../digest.js';
import { type RunRow, RunTakenOver } from './run.js';

/** What the provider has: files of its settlements, or of the bank's bookings. */
export type FileKind = 'settlement' | 'statement';

/** What a provider calls a file. */
export interface FileName {
  readonly kind: FileKind;
  readonly report_ref: string;
}

/** A file that a run has fetched and not stored yet. */
export interface FetchedFile extends FileName {
  readonly business_on: string;
  readonly edition: string | null;
  readonly content_hash: string;
  readonly byte_count: number;
  /** The same bytes are stored already, and count. */
  readonly known: boolean;
}

/** Without an edition: whichever it is. */
interface Named extends FileName {
  readonly edition: string | null;
}

const nameOf = (...parts: readonly (string | null)[]): string => JSON.stringify(parts);

const namesOf = (all: readonly Named[]): ReadonlySet<string> =>
  new Set(all.map(({ kind, report_ref, edition }) => nameOf(kind, report_ref, edition)));

type Need = 'file' | 'fetched' | 'none';

/** The database has crashed since the files were fetched, and emptied its unlogged tables. */
class FetchedLost extends Error {}

const PART_BYTES = 1_048_576;

/**
 * Fetched when their day was over, wherever the provider's calendar is: the last day of a date ends at noon
 * UTC of the next. Only another edition has other content. Not those without editions.
 */
const FINAL = `
  select kind, report_ref, edition from provider_file
   where tenant_id = $1 and provider = $2 and connection_id = $3 and edition is not null
     and fetched_at at time zone 'UTC' >= business_on + interval '36 hours'`;

const FETCHED = `
  select kind, report_ref, null as edition from fetched_file where tenant_id = $1 and run_id = $2`;

const IS_KNOWN = `
  select from report_file where tenant_id = $1 and provider = $2 and connection_id = $3 and content_hash = $4
     and superseded_by is null`;

/** Nobody else takes the run, and no step of it begins, until the file is kept. */
const STILL_OURS = `
  select from run where tenant_id = $1 and run_id = $2 and attempt = $3 and status = 'ingesting' for share`;

const KEEP_FILE = `
  insert into fetched_file (tenant_id, run_id, kind, report_ref, business_on, edition, content_hash,
    byte_count, known, fetched_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
  on conflict do nothing returning run_id`;

const KEEP_PART = `
  insert into fetched_part (tenant_id, run_id, kind, report_ref, part_number, bytes)
  values ($1, $2, $3, $4, $5, $6)`;

/** Settlements before statements, each in the order of their dates. */
const LIST = `
  select kind, report_ref, business_on, edition, content_hash, byte_count, known from fetched_file
   where tenant_id = $1 and run_id = $2 order by kind, business_on, report_ref`;

const READ_PART = `
  select bytes from fetched_part
   where tenant_id = $1 and run_id = $2 and kind = $3 and report_ref = $4 and part_number = $5`;

const REMEMBER = `
  insert into provider_file (tenant_id, provider, connection_id, kind, report_ref, business_on, edition,
    content_hash, fetched_at)
  select tenant_id, $3, $4, kind, report_ref, business_on, edition, content_hash, fetched_at
    from fetched_file where tenant_id = $1 and run_id = $2
  on conflict (tenant_id, provider, connection_id, kind, report_ref) do update set
    business_on = excluded.business_on, edition = excluded.edition, content_hash = excluded.content_hash,
    fetched_at = excluded.fetched_at`;

const FORGET_PARTS = `delete from fetched_part where tenant_id = $1 and run_id = $2`;
const FORGET_FILES = `delete from fetched_file where tenant_id = $1 and run_id = $2`;

/**
 * Where a run puts what it fetches: each file by a commit of its own, so that a later attempt goes on from
 * there; of a file one part is in memory when it is read again.
 */
@Injectable()
export class FetchedFiles {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Whether the run needs a listed file: it has `fetched` it already, or `none` can be other than known. */
  async needed(run: RunRow): Promise<(kind: FileKind, ref: ReportRef) => Need> {
    const whose = [run.tenant_id, run.provider, run.connection_id];
    const final = namesOf(await this.database.query<Named>(FINAL, whose));
    const fetched = namesOf(await this.database.query<Named>(FETCHED, [run.tenant_id, run.run_id]));
    return (kind, { id, edition }) => {
      if (fetched.has(nameOf(kind, id, null))) return 'fetched';
      return edition !== undefined && final.has(nameOf(kind, id, edition)) ? 'none' : 'file';
    };
  }

  /**
   * Keeps a file, unless it is there. @throws RunTakenOver when the run isn't this attempt's any more: nobody
   * would take the file away again
   */
  async keep(
    run: RunRow,
    kind: FileKind,
    { ref, bytes }: { ref: ReportRef; bytes: Uint8Array },
  ): Promise<void> {
    const { tenant_id, run_id, provider, connection_id } = run;
    const hash = sha256(bytes);
    const name = [tenant_id, run_id, kind, ref.id];
    await this.database.transaction(async (tx) => {
      const held = await tx.query(STILL_OURS, [tenant_id, run_id, run.attempt]);
      if (held.length === 0) throw new RunTakenOver();
      const known = (await tx.query(IS_KNOWN, [tenant_id, provider, connection_id, hash])).length > 0;
      const head = [ref.businessOn, ref.edition ?? null, hash, bytes.byteLength, known, this.clock.now()];
      const kept = await tx.query(KEEP_FILE, [...name, ...head]);
      if (kept.length === 0 || known) return;
      for (let at = 0, number = 1; at < bytes.byteLength; at += PART_BYTES, number++)
        await tx.query(KEEP_PART, [...name, number, bytes.subarray(at, at + PART_BYTES)]);
    });
  }

  /**
   * What this run has fetched. @throws Error when a needed one is no longer there: another attempt fetches it
   * anew, for without it the run would end as if the provider had never had it
   */
  async list(tx: Queryable, run: RunRow, needed: readonly FileName[]): Promise<FetchedFile[]> {
    const files = await tx.query<FetchedFile>(LIST, [run.tenant_id, run.run_id]);
    const there = new Set(files.map(({ kind, report_ref }) => nameOf(kind, report_ref)));
    const lost = needed.filter(({ kind, report_ref }) => !there.has(nameOf(kind, report_ref)));
    if (lost.length > 0) {
      throw new FetchedLost(`${lost.length} of ${needed.length} fetched files are no longer here`);
    }
    return files;
  }

  /** The bytes of one, part by part. */
  async *parts(tx: Queryable, run: RunRow, { kind, report_ref }: FetchedFile): AsyncGenerator<Uint8Array> {
    for (let number = 1; ; number++) {
      const values = [run.tenant_id, run.run_id, kind, report_ref, number];
      const [part] = await tx.query<{ bytes: Uint8Array }>(READ_PART, values);
      if (part === undefined) return;
      yield part.bytes;
    }
  }

  /** All of it is stored: remembers which editions, and forgets the bytes. */
  async stored(tx: Transaction, run: RunRow): Promise<void> {
    await tx.query(REMEMBER, [run.tenant_id, run.run_id, run.provider, run.connection_id]);
    await forgetFetched(tx, run);
  }
}

/** What a run fetched goes with its end. */
export async function forgetFetched(tx: Transaction, run: RunRow): Promise<void> {
  await tx.query(FORGET_PARTS, [run.tenant_id, run.run_id]);
  await tx.query(FORGET_FILES, [run.tenant_id, run.run_id]);
}
