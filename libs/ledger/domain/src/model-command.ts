/** Commands and answers of the model ledger: the vocabulary of the API in words of its own. */
export interface ModelPosting {
  readonly from: string;
  readonly to: string;
  readonly asset: string;
  readonly amount: bigint;
}

/** A figure of a balance that must stand so to an amount before the transaction. */
export interface ModelCondition {
  readonly account: string;
  readonly asset: string;
  readonly balance: 'posted' | 'available';
  readonly op: 'lt' | 'lte' | 'eq' | 'gte' | 'gt';
  readonly amount: bigint;
}

export type Words = Readonly<Record<string, string>>;

export interface ModelCreate {
  readonly kind: 'create';
  readonly postings: readonly ModelPosting[];
  readonly pending?: boolean;
  readonly expiresIn?: number;
  readonly reference?: string;
  readonly timestamp?: string;
  readonly metadata?: Words;
  readonly accountMetadata?: Readonly<Record<string, Words>>;
  readonly force?: boolean;
  readonly conditions?: readonly ModelCondition[];
}

/** Captures parts of a hold, or what is left of it when there are none; `keep` leaves the rest held. */
export interface ModelCapture {
  readonly kind: 'capture';
  readonly id: number;
  readonly parts?: readonly { readonly from: string; readonly asset: string; readonly amount: bigint }[];
  readonly keep?: boolean;
}

export interface ModelRevert {
  readonly kind: 'revert';
  readonly id: number;
  readonly force?: boolean;
  readonly atEffectiveDate?: boolean;
  readonly metadata?: Words;
}

/** `target` is an account, or the number of a transaction. */
export type ModelCommand =
  | ModelCreate
  | ModelCapture
  | ModelRevert
  | { readonly kind: 'void' | 'expire'; readonly id: number }
  | { readonly kind: 'describe'; readonly target: string | number; readonly metadata: Words }
  | { readonly kind: 'forget'; readonly target: string | number; readonly name: string };

/** What a command must be answered; `id` is the transaction that it made or changed. */
export type ModelAnswer =
  | { readonly ok: true; readonly id?: number }
  | { readonly ok: false; readonly code: string; readonly facts: Readonly<Record<string, unknown>> };

export interface ModelBalance {
  readonly input: bigint;
  readonly output: bigint;
  readonly pendingIn: bigint;
  readonly pendingOut: bigint;
}

export interface ModelTransaction {
  readonly id: number;
  readonly status: 'posted' | 'pending' | 'captured' | 'voided' | 'expired';
  readonly postings: readonly ModelPosting[];
  /** Still held, and captured so far, by index of the postings; empty when it never was a hold. */
  readonly left: readonly bigint[];
  readonly taken: readonly bigint[];
  readonly timestamp: string;
  readonly reference?: string;
  readonly expiresAt?: string;
  readonly reverts?: number;
  readonly revertedBy?: number;
}
