export { guarded } from './adapter/guarded.js';
export { noReports } from './adapter/reports.js';
export { connectionInPath, invalid, isDigest } from './adapter/signature.js';
export { type BodyField, fieldsOf, flipped, withField } from './conformance/body-fields.js';
export type { ConformanceBug } from './conformance/bug.js';
export { conformanceBugs } from './conformance/bugs.js';
export { conformanceCases, webhookCases } from './conformance/conformance.js';
export type {
  ConformanceCase,
  ConformanceSubject,
  DisputeSample,
  DisputeStand,
  Ending,
  ReportSample,
  WebhookSample,
} from './conformance/subject.js';
export { PaymentsAnomalyV1 } from './payments-anomaly.js';
export {
  DisputeSnapshotV1,
  OperationSnapshotV1,
  PaymentsEventV1,
  PaymentsTopics,
  RefundSnapshotV1,
} from './payments-event.js';
export { lookupLagSecondsOf, UnreadableReport, UnreadableWebhook } from './provider-port.js';
export type {
  CallContext,
  EchoedMoney,
  LookupResult,
  NextAction,
  OperationKind,
  OperationResult,
  PaymentProvider,
  ProviderEvent,
  ProviderManifest,
  ProviderOperation,
  RawRequest,
  ReportLine,
  ReportRef,
  SigningKey,
  Verdict,
} from './provider-port.js';
export { SETTLEMENT_MEMBERS, SETTLEMENT_STATUSES, type SettlementStatus } from './settlement-view.js';
