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
  readonly facts: NonNullable<ProviderEvent['facts']>;
}

/** A settlement file with at least two lines, as the provider really writes it. */
export interface ReportSample {
  readonly ref: ReportRef;
  readonly bytes: Uint8Array;
  readonly lines: number;
}

/** An adapter together with what the kit needs from its surroundings. */
export interface ConformanceSubject {
  readonly provider: PaymentProvider;
  /** Reaches the provider's sandbox, or the mock. */
  call(): CallContext;
  /** A new operation, with an id never used before, that ends so. */
  operation(ending: Ending): ProviderOperation;
  webhook(): Promise<WebhookSample>;
  report(): Promise<ReportSample>;
}

/** One thing that every adapter must do. `run` throws an AssertionError where it doesn't. */
export interface ConformanceCase {
  readonly name: string;
  run(): Promise<void>;
}
