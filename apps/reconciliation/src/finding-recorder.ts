import type { Transaction } from '@defter/platform';
import type { Classified } from '@defter/reconciliation-domain';

/** Where and why findings are looked for. */
export interface Sighting {
  readonly tenantId: string;
  readonly provider: string;
  readonly connectionId: string;
  /** What looks for it again, and so may say that it is over. */
  readonly origin: 'run' | 'event' | 'report' | 'job';
  /** The run or message that saw it. */
  readonly cause: string;
  readonly at: Date;
}

/** How many findings were new, came back or changed. */
export interface Recorded {
  readonly raised: number;
  readonly reopened: number;
  readonly changed: number;
}

/**
 * How the rest of the service tells what it saw; kept by the slice `findings`. All in the caller's
 * transaction.
 */
export abstract class FindingRecorder {
  /** Raises what is new, updates what is known; the same sighting twice changes nothing. */
  abstract observe(tx: Transaction, sighting: Sighting, seen: readonly Classified[]): Promise<Recorded>;
  /** These differences are not yet findings; where one is already, it isn't over. */
  abstract stillThere(tx: Transaction, sighting: Sighting, seen: readonly Classified[]): Promise<void>;
  /** Closes those of the connection that this cause looked for and didn't see. @returns how many */
  abstract closeUnseen(tx: Transaction, sighting: Sighting, businessOn: string | null): Promise<number>;
  /** Closes these, where they are open: their reason is gone. @returns how many */
  abstract close(
    tx: Transaction,
    sighting: Sighting,
    gone: readonly Pick<Classified, 'findingType' | 'keys'>[],
  ): Promise<number>;
}
