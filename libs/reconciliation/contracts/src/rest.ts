/**
 * What the API answers. Instants are ISO 8601 in UTC, dates `YYYY-MM-DD`, amounts decimal minor units as
 * text.
 */

/** A finding. `raw` holds the facts it was read from: the line, the operation, what the ledger booked. */
export interface FindingView {
  readonly id: string;
  readonly provider: string;
  readonly connection_id: string;
  readonly tenant_id: string;
  /** The customer it is about, where one is known. */
  readonly player_id: string | null;
  /** Our operation id, or what the provider says is ours. */
  readonly tx_id: string | null;
  readonly provider_event_id: string | null;
  readonly provider_ref: string | null;
  readonly finding_type: string;
  readonly severity: 'LOW' | 'MED' | 'HIGH';
  readonly status: string;
  readonly message: string;
  readonly action: string;
  /** What to do, in a sentence. */
  readonly action_sentence: string;
  readonly risk_inputs: unknown;
  readonly raw: unknown;
  readonly business_on: string | null;
  readonly first_seen_at: string;
  readonly last_seen_at: string;
  /** Grows with every event of the finding. */
  readonly version: number;
  readonly resolution: string | null;
  readonly resolution_note: string | null;
  /** A person or machine; for `auto_resolved` the run or message. */
  readonly closed_by: string | null;
  readonly closed_at: string | null;
}

/** A posting as it is proposed. */
export interface EntryView {
  readonly source: string;
  readonly destination: string;
  readonly amount: string;
  readonly asset: string;
}

/** What somebody may do now, why not, and the key that makes doing it twice one action. */
export interface AllowedActionView {
  readonly action: string;
  readonly allowed: boolean;
  readonly reason: string | null;
  readonly idempotency_key: string;
}

/** Entries that one person proposed and another decides about. */
export interface ProposalView {
  readonly id: string;
  readonly finding_id: string;
  /** `take_back` reverts the correction that `takes_back` names. */
  readonly kind: 'correct' | 'take_back';
  readonly takes_back: string | null;
  readonly resolution: string;
  /**
   * `proposed`, `approved`, `booking`, `unknown` (the ledger was asked, its answer isn't known), `booked`,
   * `reverted` (booked, and reverted in the ledger by somebody else than two people here),
   * `refused` (by the ledger), `rejected`, `withdrawn`, `expired`, `voided`.
   */
  readonly status: string;
  readonly revision: number;
  readonly entries: readonly EntryView[];
  readonly amount_minor: string;
  readonly reason: string;
  /** Digest of all that an approver decides about; an approval sends it. */
  readonly payload_hash: string;
  /** Who handed in the files that the finding follows from: none of them may approve. */
  readonly handed_in_by: readonly string[];
  readonly proposed_by: string;
  readonly proposed_at: string;
  readonly expires_at: string;
  readonly approved_by: string | null;
  readonly approved_at: string | null;
  readonly approval_note: string | null;
  /** The run that must see the difference again before anything is booked. */
  readonly confirming_run: string | null;
  /** Why the ledger's answer isn't known. */
  readonly unknown_because: string | null;
  /** In the ledger; its metadata names the finding. */
  readonly transaction_id: string | null;
  readonly taken_back: boolean;
  /** Of a `reverted` one: the transaction that somebody reverted it with, and when that was noticed. */
  readonly reverted_by_transaction: string | null;
  readonly reverted_at: string | null;
  readonly ended_at: string | null;
  readonly ended_by: string | null;
  readonly end_reason: string | null;
}

export interface FindingDetail extends FindingView {
  /** What may still be booked for it, and of which asset; null where no figure is known. */
  readonly correctable: { readonly amount_minor: string; readonly asset: string } | null;
  /** What was booked for it and not taken back. */
  readonly corrected_minor: string;
  /** Oldest first. */
  readonly proposals: readonly ProposalView[];
  /** For whoever asks. */
  readonly allowed_actions: readonly AllowedActionView[];
  readonly history: readonly {
    readonly version: number;
    readonly event: unknown;
    readonly status: string;
    readonly changed_at: string;
  }[];
}

export interface FindingPage {
  readonly data: readonly FindingView[];
  readonly next?: string;
}

export interface RunView {
  readonly id: string;
  readonly provider: string;
  readonly connection_id: string;
  readonly business_on: string | null;
  readonly as_of: string;
  readonly status: string;
  readonly requested_by: string;
  readonly requested_at: string;
  readonly finished_at: string | null;
  readonly attempt: number;
  /** What the steps have counted so far. */
  readonly counts: Readonly<Record<string, unknown>>;
  readonly failure: { readonly code: string; readonly detail: string } | null;
}

export interface RunPage {
  readonly data: readonly RunView[];
  readonly next?: string;
}

/** Where reconciliation stands. `connections` has the last completed run of each. */
export interface SummaryView {
  readonly findings: readonly {
    readonly finding_type: string;
    readonly severity: string;
    readonly status: string;
    readonly count: number;
  }[];
  /** Findings that wait for a person, by risk. */
  readonly open: Readonly<Record<'LOW' | 'MED' | 'HIGH', number>>;
  readonly connections: readonly RunView[];
  /** What has arrived here so far; a caller that waits for everything to be known compares with it. */
  readonly known: {
    readonly operations: number;
    readonly journal: readonly { ledger: string; sequence: string }[];
  };
}

/** A fault of a file; lines are counted from 1, 0 is the file as a whole. */
export interface FileFaultView {
  readonly line: number;
  readonly reason: string;
}

/**
 * What became of a file; `lines` is how many count because of it, also those that were here before and count
 * again. `outcome`: `known` (nothing was added), `new`, or `reissued` (something was replaced); of a file
 * with several statements the one that says most.
 */
export interface HandedInView {
  readonly id: string;
  readonly lines: number;
  readonly outcome: string;
  readonly reports: readonly ReportInFileView[];
}

/** A report in a file, or a statement. `known_as`: the name under which its content counts already. */
export interface ReportInFileView {
  readonly name: string;
  readonly outcome: string;
  readonly lines: number;
  readonly known_as?: string;
}

/** A file as it was handed in; `refusals` says why it was not used. */
export interface ReceivedFileView {
  readonly id: string;
  readonly provider: string;
  readonly connection_id: string;
  readonly name: string;
  readonly format: string;
  readonly content_hash: string;
  readonly bytes: string;
  readonly accepted: boolean;
  readonly refusals: readonly FileFaultView[];
  readonly reports: readonly ReportInFileView[];
  readonly received_by: string;
  readonly received_at: string;
}

export interface ReceivedFilePage {
  readonly data: readonly ReceivedFileView[];
  readonly next?: string;
}

/** The first lines of a file as a mapping reads them. */
export interface PreviewView {
  readonly lines: readonly {
    readonly line: number;
    readonly kind: string;
    readonly amount: string;
    readonly fee: string;
    readonly currency: string;
    readonly reference: string;
    readonly operation_id: string | null;
    readonly batch: string | null;
    readonly business_on: string;
    readonly occurred_at: string;
  }[];
  readonly faults: readonly FileFaultView[];
}
