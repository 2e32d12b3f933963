import type { NormalSide } from './balance.js';
import type { Comparison, Figure } from './balance-condition.js';
import type { TransactionName } from './command.js';

/**
 * Why the ledger refuses a command. The order is part of the contract: the first that applies is reported,
 * and malformed input and a reused idempotency key come before all of these.
 */
export type LedgerRefusal =
  | { readonly code: 'reference-taken'; readonly reference: string; readonly transactionId: number | null }
  | { readonly code: 'transaction-unknown'; readonly transaction: TransactionName }
  | { readonly code: 'ledger-closed' }
  | { readonly code: 'account-closed'; readonly account: string }
  | { readonly code: 'account-unknown'; readonly account: string }
  | { readonly code: 'not-a-hold'; readonly transactionId: number }
  | { readonly code: 'hold-already-posted'; readonly transactionId: number }
  | { readonly code: 'hold-already-voided'; readonly transactionId: number }
  | { readonly code: 'hold-expired'; readonly transactionId: number }
  | { readonly code: 'hold-not-due'; readonly transactionId: number }
  | {
      readonly code: 'exceeds-hold';
      readonly account: string;
      readonly asset: string;
      readonly asked: bigint;
      readonly held: bigint;
    }
  | { readonly code: 'already-reverted'; readonly transactionId: number; readonly revertedBy: number }
  | { readonly code: 'not-revertible'; readonly transactionId: number }
  | {
      readonly code: 'condition-failed';
      readonly account: string;
      readonly asset: string;
      readonly balance: Figure;
      readonly op: Comparison;
      readonly amount: bigint;
      readonly actual: bigint;
    }
  /** Where every state counts, no effective time lies ahead of the ledger's clock. */
  | { readonly code: 'effective-in-future'; readonly timestamp: string; readonly recordedAt: string }
  /** A script found nothing to move: what it sweeps is empty, or all was kept. */
  | { readonly code: 'script-moves-nothing' }
  /** A script worked out an amount that no message about it could say. */
  | {
      readonly code: 'amount-too-large';
      readonly account: string;
      readonly asset: string;
      readonly amount: bigint;
    }
  | {
      readonly code: 'insufficient-funds';
      readonly account: string;
      readonly asset: string;
      readonly needed: bigint;
      readonly available: bigint;
      /** There for a debit-normal account, where `available` is what it can still take back. */
      readonly normalSide?: NormalSide;
      /** There when it is not the final state that lacks them, but one from this effective time on. */
      readonly effectiveFrom?: string;
    };

export type LedgerRefusalCode = LedgerRefusal['code'];
