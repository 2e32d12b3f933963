import { Injectable } from '@nestjs/common';
import { Database } from '@defter/platform';
import type { Volumes } from '@defter/reconciliation-domain';
import { columns } from '../columns.js';
import type { LedgerBalance } from '../ledger-api.js';
import type { RunningJob } from '../jobs/job.js';
import {
  ADD_ENTRIES,
  COUNT_SUMS,
  ENTRIES_OFF,
  type EntriesOffRow,
  FOLD,
  FORGET_SUMS,
  SUMS_BETWEEN,
  type SumRow,
} from './fold.sql.js';

/** A place in the order of account and asset. */
export type Place = readonly [account: string, asset: string];

export const BEGINNING: Place = ['', ''];

/** Rows of one read, where the ledger's list has ended or leaves out many. */
const PART = 1_000;

/** Events after one, up to another with it, and what the ledger's entries of them add up to. */
export interface ScanPart {
  readonly from: bigint;
  readonly to: bigint;
  readonly entries: readonly LedgerBalance[];
}

/** An account whose entries aren't what its events say. */
export interface EntriesOff extends LedgerBalance {
  readonly entries: Volumes;
}

/**
 * What the events and the entries add up to, per account and asset: kept in the database, however many there
 * are.
 */
@Injectable()
export class BalanceSums {
  constructor(private readonly database: Database) {}

  /**
   * Adds a part of the events and the ledger's entries of them, in one transaction with the progress: a crash
   * adds nothing twice.
   */
  async add(
    job: RunningJob,
    { from, to, entries }: ScanPart,
    progress: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const { id, ledger } = job.tenant;
    const sums = columns(entries, ['account', 'asset', 'input', 'output']);
    await job.write(async (tx) => {
      await tx.query(FOLD, [id, job.runId, ledger, from, to]);
      await tx.query(ADD_ENTRIES, [id, job.runId, ...sums]);
    }, progress);
  }

  async count({ tenant, runId }: RunningJob): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(COUNT_SUMS, [tenant.id, runId]);
    return row?.count ?? 0;
  }

  /** Those after a place, up to another with it, or to the end, in their order. */
  async *between(job: RunningJob, from: Place, to: Place | undefined): AsyncGenerator<LedgerBalance> {
    let place = from;
    for (;;) {
      const values = [job.tenant.id, job.runId, ...place, to?.[0] ?? null, to?.[1] ?? null, PART];
      const rows = await this.database.query<SumRow>(SUMS_BETWEEN, values);
      for (const { account, asset, input, output } of rows)
        yield { account, asset, input: BigInt(input), output: BigInt(output) };
      const last = rows.at(-1);
      if (last === undefined || rows.length < PART) return;
      place = [last.account, last.asset];
    }
  }

  /** Where the entries aren't what the events say, in their order. */
  async *entriesOff(job: RunningJob): AsyncGenerator<EntriesOff> {
    let place = BEGINNING;
    for (;;) {
      const values = [job.tenant.id, job.runId, ...place, PART];
      const rows = await this.database.query<EntriesOffRow>(ENTRIES_OFF, values);
      for (const { account, asset, input, output, entry_input, entry_output } of rows) {
        const entries = { input: BigInt(entry_input), output: BigInt(entry_output) };
        yield { account, asset, input: BigInt(input), output: BigInt(output), entries };
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < PART) return;
      place = [last.account, last.asset];
    }
  }

  async forget({ tenant }: RunningJob): Promise<void> {
    await this.database.query(FORGET_SUMS, [tenant.id]);
  }
}
