export { CreateTransactionV1, LedgerCommandV1, PostHoldV1, VoidHoldV1 } from './command.js';
export { BalanceAfterV1, LedgerEventV1, LedgerRefusalV1, MismatchV1, MonitorTurnV1 } from './event.js';
export { LEDGER_PROTO } from './proto.js';
export type {
  BalanceReply,
  CommandRefusal,
  CreateTransactionRequest,
  GetBalanceRequest,
  HoldReply,
  PostHoldRequest,
  RevertReply,
  RevertRequest,
  StreamedEvent,
  StreamEventsRequest,
  SubmitReply,
  SubmitRequest,
  TransactionReply,
  VoidHoldRequest,
} from './proto.js';
export {
  AddressText,
  AmountText,
  AssetText,
  InstantText,
  LedgerName,
  MetadataName,
  MetadataRecord,
  PostingV1,
  ReferenceText,
  SignedAmountText,
  SignedSumText,
  SumText,
} from './scalar.js';
export { LedgerTopics } from './topics.js';
