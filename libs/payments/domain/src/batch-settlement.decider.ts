/**
 * Decides what becomes of a batch of settlement lines that reconciliation has found paid:
 *
 *     (nothing) → proposed, a settlement that a person has to approve
 *     (nothing) → booked, where the settings let it and nothing at all differs
 *     proposed, waiting → proposed anew, if it is the same money and other figures
 *     proposed or booked before → nothing, if it is the same money
 *     rejected or withdrawn before → nothing, if it is the same money: a person may ask for it anew
 *     refused or reverted in the ledger before → refused, whatever people said no to since: it isn't booked
 *
 * Nothing is ever booked on other figures than those that add up; everything else is refused, for people.
 */
import { accept, type Decision, refuse } from '@defter/kernel';

/** The figures of a batch in one currency; minor units. */
export interface SettledBatch {
  readonly grossMinor: bigint;
  readonly feesMinor: bigint;
  /** Of lines that are neither of an operation nor a fee. */
  readonly otherMinor: bigint;
  readonly netMinor: bigint;
  /** Fees of its operations as they were booked when those were captured. */
  readonly bookedFeesMinor: bigint;
  /** What the bank booked; null where the report alone says that it is paid. */
  readonly bankMinor: bigint | null;
  /** Lines whose money isn't what we hold for true. */
  readonly unlikeLines: number;
  readonly handedInBy: readonly string[];
}

export interface EarlierSettlement {
  readonly settlementId: string;
  readonly amountMinor: bigint;
  /** Reconciliation's own, not approved yet, and of other figures than the batch has now. */
  readonly isStale: boolean;
}

/**
 * What became of the settlement of the batch, where none of it is open or booked: of the last one that the
 * ledger has not, or no longer, if there is one, or else of the last one that people ended.
 */
export interface EndedSettlement {
  readonly settlementId: string;
  readonly amountMinor: bigint;
  readonly how: 'rejected' | 'withdrawn' | 'refused' | 'reverted';
}

/** What is known beside the batch. */
export interface AroundBatch {
  /** The settlement of this batch, whoever asked for it. */
  readonly earlier: EarlierSettlement | undefined;
  readonly ended: EndedSettlement | undefined;
  /** A settlement that one of the bank's credits for this batch is in. */
  readonly creditedBy: string | null;
  /** A settlement under another name that may be the same transfer. */
  readonly similarTo: string | null;
  /** The tenant's setting `settlements: automatic`. */
  readonly isAutomatic: boolean;
  /** The connection's setting `reportFilesProve`. */
  readonly filesProve: boolean;
}

export type BatchEvent =
  | { readonly type: 'SettlementProposed'; readonly amountMinor: bigint; readonly feeDifferenceMinor: bigint }
  | { readonly type: 'ProposalRenewed'; readonly amountMinor: bigint; readonly feeDifferenceMinor: bigint }
  | { readonly type: 'SettlementBooked'; readonly amountMinor: bigint; readonly feeDifferenceMinor: 0n };

export type BatchRefusal =
  | { readonly code: 'batch-sums-differ'; readonly netMinor: bigint; readonly expectedMinor: bigint }
  | { readonly code: 'bank-differs'; readonly netMinor: bigint; readonly bankMinor: bigint }
  | { readonly code: 'batch-pays-nothing'; readonly netMinor: bigint }
  | { readonly code: 'settled-otherwise'; readonly settlementId: string; readonly amountMinor: bigint }
  | { readonly code: 'credit-settled'; readonly settlementId: string }
  | ({ readonly code: 'settlement-ended' } & EndedSettlement);

/** Why these figures are none to settle by; undefined when they add up. */
export const unsoundness = (batch: SettledBatch): BatchRefusal | undefined => {
  const { netMinor, bankMinor, grossMinor, feesMinor, otherMinor } = batch;
  const expectedMinor = grossMinor - feesMinor + otherMinor;
  if (netMinor !== expectedMinor) return { code: 'batch-sums-differ', netMinor, expectedMinor };
  if (bankMinor !== null && bankMinor !== netMinor) return { code: 'bank-differs', netMinor, bankMinor };
  return netMinor <= 0n ? { code: 'batch-pays-nothing', netMinor } : undefined;
};

export const settleBatch = (
  batch: SettledBatch,
  { earlier, ended, ...around }: AroundBatch,
): Decision<BatchEvent, BatchRefusal> => {
  const { netMinor } = batch;
  const unsound = unsoundness(batch);
  if (unsound !== undefined) return refuse(unsound);
  const feeDifferenceMinor = feeDifferenceOf(batch);
  if (earlier !== undefined) {
    const { settlementId, amountMinor, isStale } = earlier;
    if (amountMinor !== netMinor) return refuse({ code: 'settled-otherwise', settlementId, amountMinor });
    if (around.creditedBy !== null && around.creditedBy !== settlementId)
      return refuse({ code: 'credit-settled', settlementId: around.creditedBy });
    return isStale ? accept({ type: 'ProposalRenewed', amountMinor, feeDifferenceMinor }) : accept();
  }
  // What people have said no to isn't asked for again by itself; what isn't booked all the same is told.
  if (ended !== undefined) {
    const isTheirWord = ended.how === 'rejected' || ended.how === 'withdrawn';
    return isTheirWord && ended.amountMinor === netMinor
      ? accept()
      : refuse({ code: 'settlement-ended', ...ended });
  }
  if (around.creditedBy !== null) return refuse({ code: 'credit-settled', settlementId: around.creditedBy });
  if (feeDifferenceMinor === 0n && mayBook(batch, around)) {
    return accept({ type: 'SettlementBooked', amountMinor: netMinor, feeDifferenceMinor });
  }
  return accept({ type: 'SettlementProposed', amountMinor: netMinor, feeDifferenceMinor });
};

/**
 * What was kept beyond the fees that were booked. Of a batch with a line that isn't like ours nobody can say:
 * what its operation was booked with isn't known, or in another currency, and is booked when it succeeds.
 */
export const feeDifferenceOf = ({ feesMinor, bookedFeesMinor, unlikeLines }: SettledBatch): bigint =>
  unlikeLines > 0 ? 0n : feesMinor - bookedFeesMinor;

/** Without a person only what a bank has booked, whose every line is ours, and that has no double. */
const mayBook = (
  { bankMinor, otherMinor, unlikeLines, handedInBy }: SettledBatch,
  { isAutomatic, similarTo, filesProve }: Omit<AroundBatch, 'earlier' | 'ended' | 'creditedBy'>,
): boolean =>
  isAutomatic &&
  bankMinor !== null &&
  otherMinor === 0n &&
  unlikeLines === 0 &&
  similarTo === null &&
  (filesProve || handedInBy.length === 0);
