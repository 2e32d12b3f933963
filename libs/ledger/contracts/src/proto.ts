/**
 * The protobuf file of `defter.ledger.v1.LedgerService`, and its messages as proto-loader gives them (longs
 * and amounts as text).
 */
export const LEDGER_PROTO = {
  directory: new URL('../proto/', import.meta.url),
  file: 'defter/ledger/v1/ledger.proto',
  package: 'defter.ledger.v1',
  service: 'LedgerService',
} as const;

interface PostingMessage {
  source: string;
  destination: string;
  amount: string;
  asset: string;
}

export interface CreateTransactionRequest {
  ledger: string;
  idempotencyKey: string;
  postings: PostingMessage[];
  reference?: string;
  metadata?: Record<string, string>;
  pending?: boolean;
  expiresInSeconds?: number;
  timestamp?: string;
  accountMetadata?: Record<string, { values?: Record<string, string> }>;
  force?: boolean;
  conditions?: { account: string; asset: string; balance: string; op: string; amount: string }[];
  expectedBalances?: { account: string; asset: string; balance: string }[];
}

export interface TransactionReply {
  transactionId: string;
  sequence: string;
  status: string;
  idempotencyHit: boolean;
}

export interface PostHoldRequest {
  ledger: string;
  idempotencyKey: string;
  reference: string;
  amounts?: { source: string; asset: string; amount: string }[];
  keepRemainder?: boolean;
}

export interface VoidHoldRequest {
  ledger: string;
  idempotencyKey: string;
  reference: string;
}

export interface HoldReply {
  transactionId: string;
  sequence: string;
  idempotencyHit: boolean;
}

export interface RevertRequest {
  ledger: string;
  idempotencyKey: string;
  /** One of the two names the transaction. */
  transactionId?: string;
  reference?: string;
  atEffectiveDate?: boolean;
  force?: boolean;
  metadata?: Record<string, string>;
}

export interface RevertReply {
  transactionId: string;
  revertedTransactionId: string;
  sequence: string;
  idempotencyHit: boolean;
}

/** One of the commands beside the correlation. */
export interface SubmitRequest {
  correlation: string;
  createTransaction?: CreateTransactionRequest;
  postHold?: PostHoldRequest;
  voidHold?: VoidHoldRequest;
  revert?: RevertRequest;
}

/** One of the outcomes beside the correlation. */
export interface SubmitReply {
  correlation: string;
  createTransaction?: TransactionReply;
  postHold?: HoldReply;
  voidHold?: HoldReply;
  revert?: RevertReply;
  refusal?: CommandRefusal;
}

/** Why a command of a stream has no effect. */
export interface CommandRefusal {
  /** The gRPC status of the command. */
  status: number;
  code: string;
  detail: string;
}

export interface GetBalanceRequest {
  ledger: string;
  account: string;
  asset: string;
}

export interface BalanceReply {
  posted: string;
  pendingOut: string;
  pendingIn: string;
  available: string;
  sequence: string;
}

export interface StreamEventsRequest {
  ledger: string;
  afterSequence: string;
  /** 0 is as many as there are. */
  limit: number;
}

export interface StreamedEvent {
  sequence: string;
  /** The body of the message on `defter.ledger.events.v1`, as JSON. */
  body: string;
}
