export { callApi, type Call, type Connection } from './http.js';
export {
  type AccountVolumes,
  type Amount,
  type Balance,
  type BulkElement,
  type BulkResult,
  LedgerClient,
  type NewTransaction,
  type PostingInput,
  type Transaction,
} from './ledger-client.js';
export {
  type ActionView,
  type BatchView,
  type BookingView,
  type CheckoutSession,
  type Intent,
  type NewCheckout,
  type NewIntent,
  type NewRefund,
  type NewPayout,
  type OperationView,
  PaymentsClient,
  type Payout,
  type Settlement,
} from './payments-client.js';
export { DefterProblem, DefterUnreachable } from './problem.js';
export {
  type Checkpoint,
  type CheckpointKey,
  type ConsistencyProof,
  type InclusionProof,
  type LedgerFinding,
  ProofClient,
  type VerificationLine,
} from './proof-client.js';
export { type Finding, ReconciliationClient, type Run, type Summary } from './reconciliation-client.js';
