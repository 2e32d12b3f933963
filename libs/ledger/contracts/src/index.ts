export { CreateTransactionV1, LedgerCommandV1, PostHoldV1, VoidHoldV1 } from './command.js';
export { BalanceAfterV1, LedgerEventV1, LedgerRefusalV1 } from './event.js';
export { LEDGER_PROTO } from './proto.js';
export type {
  BalanceReply,
  CreateTransactionRequest,
  GetBalanceRequest,
  HoldReply,
  PostHoldRequest,
  StreamedEvent,
  StreamEventsRequest,
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
  SignedSumText,
  SumText,
} from './scalar.js';
export { LedgerTopics } from './topics.js';
