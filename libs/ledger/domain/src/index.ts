export {
  type AccountType,
  accountTypeOf,
  isAccountPattern,
  matchesPattern,
  sortAccountTypes,
  WORLD,
} from './account-type.js';
export { canonicalCommand } from './command.js';
export type {
  CreateTransaction,
  DeleteMetadata,
  ExpireHold,
  LedgerCommand,
  Metadata,
  MetadataTarget,
  PostHold,
  RevertTransaction,
  SetMetadata,
  TransactionName,
  VoidHold,
} from './command.js';
export { touchedBalances } from './event.js';
export type {
  HoldExpired,
  HoldPosted,
  HoldVoided,
  LedgerEvent,
  MetadataDeleted,
  MetadataSet,
  RecordedTransaction,
  TransactionCreated,
  TransactionReverted,
} from './event.js';
export {
  type BalanceAfter,
  type DecodedEvent,
  decodeEvent,
  encodeEvent,
  EVENT_SCHEMA_VERSION,
} from './event.wire.js';
export { eventLeaf } from './event-leaf.js';
export { decide, type LedgerDecision } from './ledger.decider.js';
export { evolve } from './ledger.evolve.js';
export {
  availableOf,
  type Balance,
  type LedgerSettings,
  LedgerState,
  postedOf,
  type TransactionState,
} from './ledger-state.js';
export { chainedHead, GENESIS_HEAD, leafHash, merkleRoot } from './merkle.js';
export { balanceKey, isAddress, isAssetCode, type Posting, splitBalanceKey } from './posting.js';
export type { LedgerRefusal, LedgerRefusalCode } from './refusal.js';
