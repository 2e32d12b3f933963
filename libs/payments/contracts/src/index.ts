export { conformanceCases } from './conformance/conformance.js';
export type {
  ConformanceCase,
  ConformanceSubject,
  Ending,
  ReportSample,
  WebhookSample,
} from './conformance/subject.js';
export {
  DisputeSnapshotV1,
  OperationSnapshotV1,
  PaymentsEventV1,
  PaymentsTopics,
  RefundSnapshotV1,
} from './payments-event.js';
export { UnreadableReport, UnreadableWebhook } from './provider-port.js';
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
