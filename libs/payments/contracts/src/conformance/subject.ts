import type {
  CallContext,
  PaymentProvider,
  ProviderEvent,
  ProviderOperation,
  RawRequest,
  ReportRef,
  SigningKey,
} from '../provider-port.js';

/** How an operation is to end at the provider's sandbox. */
export type Ending = 'accepted' | 'declined' | 'wrong-amount-echoed';

/** A webhook as the provider really sends it. */
export interface WebhookSample {
  readonly request: RawRequest;
  /** The connection whose webhook it is. */
  readonly connectionId: string;
  /** The key it is signed with. */
  readonly key: SigningKey;
  /** An instant at which it is fresh: that of its signing, to the second, where the time is signed. */
  readonly sentAt: Date;
  /** Undefined for a sample whose type says nothing of an operation. */
  readonly facts: ProviderEvent['facts'];
  /** How many events it has; 1 unless said. */
  readonly events?: number;
  /** The signed fields of this sample in the order of signing; those of the manifest unless said. */
  readonly signed?: readonly string[];
  /** The field of the body that holds the signature, where no header does. */
  readonly signatureField?: string;
  /** The field of the body that says what kind of event it is; `type` unless said. */
  readonly typeField?: string;
}

/** A settlement file with at least two lines, as the provider really writes it. */
export interface ReportSample {
  readonly ref: ReportRef;
  readonly bytes: Uint8Array;
  readonly lines: number;
}

/** A provider whose look-ups may miss what was just sent. */
export interface SearchLag {
  /** How far behind the provider's documentation says that it runs in ordinary operation. */
  readonly seconds: number;
  /** Does it while the search is behind. */
  during<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * Where a dispute stands, as whoever was paid sees it; `given back`: lost, and its money came back; `won on
 * appeal`: the same, by a decision for whoever was paid.
 */
export type DisputeStand =
  'inquiry' | 'opened' | 'evidence' | 'won' | 'lost' | 'given back' | 'won on appeal';

/** A dispute at the provider's sandbox. */
export interface DisputeSample {
  /** The provider's id of it. */
  readonly disputeRef: string;
  /** As payments asks about it: the amount of the dispute, and the provider's reference of the payment. */
  readonly operation: ProviderOperation;
}

/** An adapter together with what the kit needs from its surroundings. */
export interface ConformanceSubject {
  readonly provider: PaymentProvider;
  /** Reaches the provider's sandbox, or the mock. */
  call(): CallContext;
  /** A new operation, with an id never used before, that ends so. A sale. */
  operation(ending: Ending): ProviderOperation;
  webhook(): Promise<WebhookSample>;
  /** Absent for a provider whose settlement files aren't read. */
  report?(): Promise<ReportSample>;
  /** What the payer does at the provider before a sale is more than pending, where there is such a step. */
  pay?(operation: ProviderOperation): Promise<void>;
  /** What a look-up says of an operation that was never sent; `not_found` unless said. */
  readonly neverSent?: 'not_found' | 'unknown';
  /** How far its look-ups run behind; absent only where they never say `not_found`. */
  readonly behind?: 'never' | SearchLag;
  /**
   * A new dispute that stands there, of a payment of its own, for 700 of its 1000 or more; undefined for a
   * stand that the provider doesn't have. Absent where disputes can't be looked up.
   */
  dispute?(stand: DisputeStand): Promise<DisputeSample | undefined>;
  /** Another dispute of the same payment, where it can have several. */
  disputeBeside?(sample: DisputeSample): Promise<DisputeSample>;
  /** How the provider refuses a sale, in its own words; absent where nothing is sent. */
  readonly refusal?: { readonly status: number; readonly body: string };
  /** How our id looks in what is sent; as it is unless said. */
  idAsSent?(operationId: string): string;
}

/** One thing that every adapter must do. `run` throws an AssertionError where it doesn't. */
export interface ConformanceCase {
  readonly name: string;
  run(): Promise<void>;
}
