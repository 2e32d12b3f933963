import { type BalanceAfter, type Posting, type RecordedTransaction } from '@defter/ledger-domain';
import type { EventRecord } from './engine/submission.js';

/** Money of an account in an asset as this API shows it: `balance` = `input` − `output`. */
export interface VolumesView {
  readonly input: bigint;
  readonly output: bigint;
  readonly balance: bigint;
}

/** By account and asset; written as objects. */
type VolumesByAccount = ReadonlyMap<string, ReadonlyMap<string, VolumesView>>;

const volumes = (input: bigint, output: bigint): VolumesView => ({ input, output, balance: input - output });

const byAccount = (
  after: readonly BalanceAfter[],
  view: (balance: BalanceAfter) => VolumesView,
): VolumesByAccount => {
  // Maps: `__proto__` and `constructor` are addresses like any other.
  const result = new Map<string, Map<string, VolumesView>>();
  for (const balance of after) {
    const { account, asset } = balance;
    const known = result.get(account);
    if (known === undefined) result.set(account, new Map([[asset, view(balance)]]));
    else known.set(asset, view(balance));
  }
  return result;
};

/** Volumes after an event. */
export const postCommitVolumes = (after: readonly BalanceAfter[]): VolumesByAccount =>
  byAccount(after, ({ input, output }) => volumes(input, output));

/** Volumes before an event: those after it, less what its postings moved. */
export const preCommitVolumes = (
  after: readonly BalanceAfter[],
  moved: readonly Posting[],
): VolumesByAccount =>
  byAccount(after, ({ account, asset, ...after }) => {
    let { input, output } = after;
    for (const posting of moved) {
      if (posting.asset !== asset) continue;
      if (posting.source === account) output -= posting.amount;
      if (posting.destination === account) input -= posting.amount;
    }
    return volumes(input, output);
  });

/** Members in one order, wherever the posting comes from: a repeated answer is the same to the byte. */
const postingView = ({ source, destination, amount, asset }: Posting): Posting => ({
  source,
  destination,
  amount,
  asset,
});

const transactionMembers = (transaction: RecordedTransaction, insertedAt: string) => {
  const { id, status, postings, metadata, reference, timestamp, expiresAt, reverts } = transaction;
  return {
    id,
    postings: postings.map(postingView),
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
  const preCommit = preCommitVolumes(after, moved);
  const postCommit = postCommitVolumes(after);
  return {
    ...transactionMembers(event.transaction, recordedAt),
    reverted: false,
    preCommitVolumes: preCommit,
    postCommitVolumes: postCommit,
    ...effectiveVolumes(record, { preCommit, postCommit }),
  };
};

/** Volumes by effective time; lists and the log leave them out, and a hold has none: it moves nothing. */
const effectiveVolumes = (
  { event, inOrder = false, effectiveAfter }: EventRecord,
  { preCommit, postCommit }: { preCommit: VolumesByAccount; postCommit: VolumesByAccount },
) => {
  if (!('transaction' in event) || event.transaction.status === 'pending') return {};
  const { postings } = event.transaction;
  if (effectiveAfter !== undefined) {
    return {
      preCommitEffectiveVolumes: preCommitVolumes(effectiveAfter, postings),
      postCommitEffectiveVolumes: postCommitVolumes(effectiveAfter),
    };
  }
  return inOrder ? { preCommitEffectiveVolumes: preCommit, postCommitEffectiveVolumes: postCommit } : {};
};

/** The answer to a posted or voided hold. */
export const holdView = ({ event, after, recordedAt, sequence }: EventRecord) => {
  if (!('transactionId' in event))
    throw new Error(`Event ${sequence} (${event.type}) is no change of a hold`);
  return {
    id: event.transactionId,
    ...(event.reference === undefined ? {} : { reference: event.reference }),
    change: event.type,
    postings: event.postings.map(postingView),
    closed: event.type === 'HoldPosted' ? event.closed : true,
    insertedAt: recordedAt,
    postCommitVolumes: postCommitVolumes(after),
  };
};
