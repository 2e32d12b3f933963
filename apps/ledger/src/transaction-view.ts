import { type BalanceAfter, type Posting, type RecordedTransaction } from '@defter/ledger-domain';
import type { EventRecord } from './engine/submission.js';

/** Money of an account in an asset as this API shows it: `balance` = `input` − `output`. */
export interface VolumesView {
  readonly input: bigint;
  readonly output: bigint;
  readonly balance: bigint;
}

type VolumesByAccount = Record<string, Record<string, VolumesView>>;

const volumes = (input: bigint, output: bigint): VolumesView => ({ input, output, balance: input - output });

const byAccount = (
  entries: readonly { account: string; asset: string; view: VolumesView }[],
): VolumesByAccount => {
  // Names without a prototype: `__proto__` and `constructor` are addresses like any other.
  const result = Object.create(null) as VolumesByAccount;
  for (const { account, asset, view } of entries)
    (result[account] ??= Object.create(null) as Record<string, VolumesView>)[asset] = view;
  return result;
};

/** Volumes after an event. */
export const postCommitVolumes = (after: readonly BalanceAfter[]): VolumesByAccount =>
  byAccount(
    after.map(({ account, asset, input, output }) => ({ account, asset, view: volumes(input, output) })),
  );

/** Volumes before an event: those after it, less what its postings moved. */
export const preCommitVolumes = (
  after: readonly BalanceAfter[],
  moved: readonly Posting[],
): VolumesByAccount =>
  byAccount(
    after.map(({ account, asset, input, output }) => {
      let before = { input, output };
      for (const posting of moved) {
        if (posting.asset !== asset) continue;
        if (posting.source === account) before = { ...before, output: before.output - posting.amount };
        if (posting.destination === account) before = { ...before, input: before.input - posting.amount };
      }
      return { account, asset, view: volumes(before.input, before.output) };
    }),
  );

const transactionMembers = (transaction: RecordedTransaction, insertedAt: string) => {
  const { id, status, postings, metadata, reference, timestamp, expiresAt, reverts } = transaction;
  return {
    id,
    postings: postings.map(({ source, destination, amount, asset }) => ({
      source,
      destination,
      amount,
      asset,
    })),
    metadata,
    timestamp,
    insertedAt,
    status,
    ...(reference === undefined ? {} : { reference }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(reverts === undefined ? {} : { reverts }),
    ...(transaction.wouldRefuse === undefined ? {} : { wouldRefuse: transaction.wouldRefuse }),
  };
};

/**
 * The answer to a created transaction or a reversal; the same for the first answer and for every repetition.
 */
export const transactionView = (record: EventRecord) => {
  const { event, after, recordedAt, sequence } = record;
  if (!('transaction' in event)) throw new Error(`Event ${sequence} (${event.type}) is no transaction`);
  const moved = event.transaction.status === 'pending' ? [] : event.transaction.postings;
  return {
    ...transactionMembers(event.transaction, recordedAt),
    reverted: false,
    preCommitVolumes: preCommitVolumes(after, moved),
    postCommitVolumes: postCommitVolumes(after),
    ...effectiveVolumes(record, moved),
  };
};

/** Volumes by effective time; lists and the log leave them out, and a hold has none: it moves nothing. */
const effectiveVolumes = (
  { event, after, inOrder = false, effectiveAfter = inOrder ? after : undefined }: EventRecord,
  moved: readonly Posting[],
) => {
  const isHold = 'transaction' in event && event.transaction.status === 'pending';
  if (effectiveAfter === undefined || isHold) return {};
  return {
    preCommitEffectiveVolumes: preCommitVolumes(effectiveAfter, moved),
    postCommitEffectiveVolumes: postCommitVolumes(effectiveAfter),
  };
};

/** The answer to a posted or voided hold. */
export const holdView = ({ event, after, recordedAt, sequence }: EventRecord) => {
  if (!('transactionId' in event))
    throw new Error(`Event ${sequence} (${event.type}) is no change of a hold`);
  return {
    id: event.transactionId,
    ...(event.reference === undefined ? {} : { reference: event.reference }),
    change: event.type,
    postings: event.postings,
    closed: event.type === 'HoldPosted' ? event.closed : true,
    insertedAt: recordedAt,
    postCommitVolumes: postCommitVolumes(after),
  };
};
