export { type AccountType, AccountTypes, isAccountPattern, matchesPattern, WORLD } from './account-type.js';
export { availableOf, type Balance, type NormalSide, postedOf, usableOf } from './balance.js';
export {
  type BalanceCondition,
  type Comparison,
  COMPARISONS,
  type Figure,
  figureOf,
  FIGURES,
  isMet,
} from './balance-condition.js';
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
  WouldRefuse,
} from './event.js';
export { type EffectiveLow, EffectiveLows } from './effective-lows.js';
export { type EventNotes, noteEvent } from './event-notes.js';
export {
  type BalanceAfter,
  type DecodedEvent,
  decodeEvent,
  encodeEvent,
  encodeEventAfter,
  EVENT_SCHEMA_VERSION,
} from './event.wire.js';
export { eventLeaf, type LeafInput } from './event-leaf.js';
export { decide, type LedgerDecision } from './ledger.decider.js';
export { evolve } from './ledger.evolve.js';
export { type LedgerSettings, LedgerState, type TransactionState } from './ledger-state.js';
export type { ExpectedBalance, Mismatch } from './mismatch.js';
export type { ModelAnswer, ModelCommand, ModelPosting, ModelTransaction } from './model-command.js';
export { ModelLedger, type ModelRules } from './model-ledger.js';
export type { Monitor, MonitorTurn } from './monitor.js';
export { chainedHead, GENESIS_HEAD, leafHash, merkleRoot } from './merkle.js';
export { type Checkpoint, decodeCheckpoint, encodeCheckpoint, originOf } from './proof-checkpoint.js';
export {
  consistencyRanges,
  inclusionRanges,
  isConsistent,
  type LeafRange,
  rootOfPath,
  type TreeHead,
} from './proof-path.js';
export {
  type CompleteNode,
  GrowingTree,
  NODE_WIDTH,
  type NodePlace,
  nodesOf,
  rangeRoot,
} from './proof-tree.js';
export { balanceKey, isAddress, isAssetCode, type Posting, splitBalanceKey } from './posting.js';
export type { LedgerRefusal, LedgerRefusalCode } from './refusal.js';
export type { Script, ScriptFunds, ScriptRun } from './script.js';
