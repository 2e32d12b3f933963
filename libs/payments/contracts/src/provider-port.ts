/** The port behind which every provider stands. `docs/guides/add-a-provider.md` walks through it. */

export type OperationKind =
  'authorize' | 'capture' | 'sale' | 'void' | 'refund' | 'payout' | 'payout_reversal' | 'chargeback';

/** What a call asks for. `operationId` is the idempotency key at the provider. */
export interface ProviderOperation {
  readonly operationId: string;
  readonly kind: OperationKind;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly customerId: string;
  /** Shown to people at the provider. */
  readonly reference: string;
  /** The operation that this one is about (refund of a sale). */
  readonly parentProviderRef?: string;
  /** Test card, IBAN or stored instrument; never a real card number. */
  readonly instrument?: string;
  /** Where the payer's browser goes after a step at the provider, such as a challenge. */
  readonly returnUrl?: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What the payer must do before the provider goes on: open this address, then come back by itself. */
export interface NextAction {
  readonly type: 'redirect';
  readonly url: string;
}

export interface CallContext {
  readonly baseUrl: string;
  readonly apiKey: string;
  /** What the connection has beside its key, by the names that the manifest lists. */
  readonly credentials?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/**
 * What we learned from a call. `errored`: provably never sent (connection refused, name not found). Anything
 * that may have reached the provider and has no clear answer is `unknown`: a time-out, a 5xx, a body we can't
 * read.
 */
export type OperationResult =
  | {
      readonly result: 'succeeded';
      readonly providerRef: string;
      readonly echoed: EchoedMoney;
      readonly feeMinor?: bigint;
    }
  | {
      readonly result: 'pending';
      /** Absent where the provider names the payment only once it is made, as hosted pages do. */
      readonly providerRef?: string;
      readonly echoed?: EchoedMoney;
      readonly feeMinor?: bigint;
      /** It moves nothing by itself: the outcome is observed like any other. */
      readonly nextAction?: NextAction;
      /** The payer has done all, in the provider's own words: it waits for a bank. Not said by silence. */
      readonly payerDone?: true;
      /** Of a dispute that is looked up: the bank only asks a question so far, and no money moves. */
      readonly isInquiry?: true;
      /** Of a dispute that is looked up: evidence was handed in and is looked at. */
      readonly isUnderReview?: true;
    }
  | { readonly result: 'declined' | 'failed'; readonly providerRef?: string; readonly declineCode: string }
  | { readonly result: 'errored'; readonly reason: string }
  | { readonly result: 'unknown'; readonly reason: string };

/** The amount and currency as the provider repeats them; a mismatch with the operation is quarantined. */
export interface EchoedMoney {
  readonly amountMinor: bigint;
  readonly currency: string;
}

/**
 * `not_found` is certain only when the provider says so for a reference it would know, `lookupLagSeconds`
 * after the last send. `returned`: it was paid, given back or, of a dispute, taken, and came back.
 */
export type LookupResult =
  | OperationResult
  | { readonly result: 'not_found' }
  | { readonly result: 'returned'; readonly providerRef: string; readonly echoed: EchoedMoney };

export interface RawRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface SigningKey {
  readonly id: string;
  readonly secret: string;
  /** What the scheme wants beside the secret, such as PayTR's salt, by the names that the manifest lists. */
  readonly parameters?: Readonly<Record<string, string>>;
}

export type Verdict =
  { readonly valid: true; readonly keyId: string } | { readonly valid: false; readonly reason: string };

/** One event read from a request. Facts come from signed fields only. */
export interface ProviderEvent {
  readonly providerEventId: string;
  readonly providerType: string;
  /** Unique for ever, made from signed bytes only. */
  readonly uniqueKey: string;
  readonly occurredAt?: string;
  readonly facts?: {
    readonly operationId?: string;
    readonly providerRef?: string;
    /** Of a `chargeback`: the dispute's own id. Without it, amounts tell the disputes of a capture apart. */
    readonly disputeRef?: string;
    /** Of a `chargeback` that is `pending`, or comes to nothing: the bank only asks, no money moves. */
    readonly isInquiry?: true;
    /** Of a `chargeback` that is `pending`: evidence was handed in and is looked at. */
    readonly isUnderReview?: true;
    readonly kind: OperationKind;
    readonly result: 'pending' | 'succeeded' | 'declined' | 'failed' | 'returned';
    readonly amountMinor?: bigint;
    readonly currency?: string;
    readonly feeMinor?: bigint;
    readonly declineCode?: string;
    /**
     * The signature covers `operationId` and `providerRef` run together, without a separator, so it doesn't
     * prove where one ends. They count only when both equal one stored operation; else they cause a look-up.
     */
    readonly signedAsPair?: true;
  };
  /**
   * The adapter doesn't know what this type means, and it may be about money: without facts it moves nothing,
   * and people are told. Not for types that are known to say nothing of an operation.
   */
  readonly unknownType?: true;
  readonly untrusted: Readonly<Record<string, unknown>>;
}

export interface ReportRef {
  readonly id: string;
  /** Business date in the provider's zone, `YYYY-MM-DD`. */
  readonly businessOn: string;
  /**
   * The provider's name for this state of the file. Once its day is over, a file of the same edition has the
   * same content, and need not be fetched again. Absent where the provider doesn't number them.
   */
  readonly edition?: string;
}

/**
 * One line of a provider's settlement file. Amounts are minor units; `feeMinor` is what the provider kept.
 */
export interface ReportLine {
  readonly lineNumber: number;
  /** The line's text as it stood, for the hash and for people. */
  readonly raw: string;
  readonly kind: OperationKind;
  readonly operationId?: string;
  readonly providerRef: string;
  readonly amountMinor: bigint;
  readonly feeMinor: bigint;
  readonly currency: string;
  readonly status: 'succeeded' | 'returned';
  readonly businessOn: string;
  readonly occurredAt: string;
}

export interface ProviderManifest {
  readonly id: string;
  /** Empty for an adapter that only reads webhooks: its `execute` is `errored`, its `lookup` `unknown`. */
  readonly capabilities: readonly OperationKind[];
  readonly currencies: readonly string[];
  /** An authorisation is captured once: what that leaves is released by the provider. */
  readonly capturesOnce?: true;
  /**
   * How long a look-up may still find nothing of what was sent, in seconds: at a provider whose search runs
   * behind. `not_found` counts as a proof only so long after the last possible send. One figure for all
   * kinds, or one for each that has a lag; a kind without one is seen at once.
   */
  readonly lookupLagSeconds?: number | Readonly<Partial<Record<OperationKind, number>>>;
  /**
   * A look-up finds disputes, by the provider's own id of them. Absent: it has no such call, so a dispute is
   * known from its events alone, and people are called where those are missing.
   */
  readonly findsDisputes?: true;
  /**
   * A `void` of an attempt that waits for its payer ends it for good, and is refused once it is charged.
   * Never to be said of a provider whose void gives charged money back.
   */
  readonly voidEndsWaiting?: true;
  /** `none` goes with look-ups that can't be certain: nothing is ever sent again on their word. */
  readonly idempotency: 'native' | 'lookup-by-reference' | 'none';
  /** Names of the signed fields, or the whole body. */
  readonly signedFields: readonly string[] | 'whole-body';
  readonly signsTimestamp: boolean;
  /** How long the provider repeats a webhook that isn't acknowledged, in seconds. */
  readonly retryWindowSeconds: number;
  /** Names of what a connection needs beside its key, and a signing key beside its secret. */
  readonly credentials?: readonly string[];
  readonly signingParameters?: readonly string[];
  readonly acknowledgement: { readonly status: number; readonly body: string; readonly contentType: string };
}

export interface PaymentProvider {
  readonly manifest: ProviderManifest;
  execute(operation: ProviderOperation, call: CallContext): Promise<OperationResult>;
  /**
   * Asks what became of an operation, by our id; of a dispute (`chargeback`), by the provider's id of it, or
   * ours where that isn't known. Never creates anything. `operation` is what was asked for: some providers
   * find a refund only through its payment.
   */
  lookup(operationId: string, call: CallContext, operation?: ProviderOperation): Promise<LookupResult>;
  readonly webhook: {
    /**
     * The header, in lower case, without which no request verifies: an unsigned one is then refused before
     * its body is read. Absent where the signature stands in the body.
     */
    readonly signatureHeader?: string;
    /** Which connection the request claims to be for; needs no secret. Undefined when it doesn't say. */
    identify(request: RawRequest): string | undefined;
    /**
     * Pure: the same input gives the same verdict; `now` is injected. Constant-time; a wrong length never
     * throws.
     */
    verify(request: RawRequest, keys: readonly SigningKey[], now: Date): Verdict;
    /** Reads one request into its events; throws `UnreadableWebhook` when the bytes can't be read. */
    normalize(request: RawRequest): readonly ProviderEvent[];
  };
  readonly reports: {
    list(call: CallContext): Promise<readonly ReportRef[]>;
    fetch(ref: ReportRef, call: CallContext): Promise<Uint8Array>;
    /** Reads a file; checks its own totals first and throws `UnreadableReport` naming line and reason. */
    parse(bytes: Uint8Array, ref: ReportRef): readonly ReportLine[];
  };
  /** Statements of the bank account that it settles to, as camt.053; where the provider has them. */
  readonly statements?: {
    list(call: CallContext): Promise<readonly ReportRef[]>;
    fetch(ref: ReportRef, call: CallContext): Promise<Uint8Array>;
  };
}

/** How long a look-up may miss an operation of this kind after it was sent; 0 where it is seen at once. */
export const lookupLagSecondsOf = (
  { lookupLagSeconds = 0 }: Pick<ProviderManifest, 'lookupLagSeconds'>,
  kind: OperationKind,
): number => (typeof lookupLagSeconds === 'number' ? lookupLagSeconds : (lookupLagSeconds[kind] ?? 0));

/** The request's bytes don't have the provider's form; it is kept and can be replayed after a mend. */
export class UnreadableWebhook extends Error {
  override readonly name = 'UnreadableWebhook';
}

/** The report's bytes don't have the provider's form, or its totals are off; nothing of it is used. */
export class UnreadableReport extends Error {
  override readonly name = 'UnreadableReport';
}
