import type { Place } from './balance-sums.js';

/** How far a scan is; all of it stands in its run. */
export interface ScanProgress {
  /** The last event that is added up before anything is compared. */
  readonly head: string;
  /** The last event that has been added. */
  readonly added: string;
  /** How many balances of the ledger's list have been compared. */
  readonly accounts: number;
  /** Where comparing goes on: null at the beginning. */
  readonly place: null | 'end' | { readonly cursor: string; readonly after: Place };
  /** The last event whose entries have been added: a process of before adds events only, and leaves it. */
  readonly entriesAdded: string;
}

/** What an earlier start saved that can be gone on with, or nothing. */
export const progressOf = (saved: Readonly<Record<string, unknown>>): ScanProgress | undefined =>
  typeof saved['head'] === 'string' && saved['entriesAdded'] === saved['added']
    ? (saved as unknown as ScanProgress)
    : undefined;
