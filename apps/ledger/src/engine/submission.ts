import type {
  BalanceAfter,
  EventNotes,
  LedgerCommand,
  LedgerEvent,
  LedgerRefusal,
} from '@defter/ledger-domain';

/** One command as a caller hands it in. */
export interface Submission {
  readonly command: LedgerCommand;
  /** The caller's idempotency key; the same key with the same command has its effect once, for ever. */
  readonly key?: string;
  /**
   * Mixed into the fingerprint: what the key stands for beside this command (the bulk that it is part of).
   */
  readonly context?: string;
  /** Its texts were looked at for card numbers where they came in, by another service. */
  readonly isVouchedFor?: boolean;
}

/** How the submissions of a group stand together: all or none, up to the first refusal, or each by itself. */
export type GroupMode = 'atomic' | 'stop' | 'continue';

/** What one caller waits for. */
export interface Group {
  readonly submissions: readonly Submission[];
  readonly mode: GroupMode;
  /** Decides and answers, and changes nothing. */
  readonly dryRun: boolean;
  /** One key stands for the whole group: when it was used for another one, nothing more of it is done. */
  readonly sharesKey?: boolean;
}

/** An event as it was committed. */
export interface EventRecord extends EventNotes {
  readonly sequence: number;
  readonly recordedAt: string;
  readonly key: string | null;
  readonly event: LedgerEvent;
  readonly after: readonly BalanceAfter[];
  /**
   * Took effect when it was recorded, and nothing recorded before it takes effect later: by effective time it
   * is the last, so its effective volumes are its volumes. Known while it is committed only.
   */
  readonly inOrder?: boolean;
  /** Volumes by effective time right after it, where they were asked for. */
  readonly effectiveAfter?: readonly BalanceAfter[];
}

/** Refusals that come from how commands meet, not from the rules of the ledger. */
export type EngineRefusal =
  | LedgerRefusal
  | { readonly code: 'idempotency-key-conflict'; readonly key: string }
  /** More monitors watch what it touches than an event can tell of. */
  | { readonly code: 'too-many-monitors'; readonly watching: number; readonly most: number }
  /** Part of an atomic group whose other part was refused. */
  | { readonly code: 'rolled-back' }
  /** Behind a refusal in a group that stops there. */
  | { readonly code: 'not-executed' };

/** `hit`: the answer was given before, to the same key. */
export type Outcome =
  | { readonly accepted: true; readonly hit: boolean; readonly record: EventRecord }
  | { readonly accepted: false; readonly hit: boolean; readonly refusal: EngineRefusal };
