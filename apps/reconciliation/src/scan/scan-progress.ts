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
  /** Entries are added up, too; in a scan that was begun by an older process they are not. */
  readonly entries: true;
}

/** What an earlier start saved that can be gone on with, or nothing. */
export const progressOf = (saved: Readonly<Record<string, unknown>>): ScanProgress | undefined =>
  typeof saved['head'] === 'string' && saved['entries'] === true
    ? (saved as unknown as ScanProgress)
    : undefined;
