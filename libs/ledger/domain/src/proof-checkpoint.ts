/**
 * What a checkpoint says (C2SP tlog-checkpoint): origin, tree size and root hash on a line each, then four
 * extension lines of ours. https://c2sp.org/tlog-checkpoint
 */

/** A ledger's history up to a batch, in a few bytes. */
export interface Checkpoint {
  /** Which ledger of which installation. */
  readonly origin: string;
  /** The number of batches: leaf `n` (from 0) of the tree is the chained hash of batch `n + 1`. */
  readonly size: number;
  /** The root of the tree over the batches. */
  readonly root: Buffer;
  /** The last event of the last batch. */
  readonly sequence: number;
  /** The chained hash of the last batch. */
  readonly head: Buffer;
  /** The size of the checkpoint before this one, 0 for the first: so none can be taken out unseen. */
  readonly previous: number;
  /** When it was signed: ISO 8601 UTC with six fractional digits. */
  readonly signedAt: string;
}

/** The origin line of a ledger's checkpoints; no part can hold a slash, a space or a line feed. */
export const originOf = (installation: string, tenantId: string, ledger: string): string =>
  [installation, encodeURIComponent(tenantId), encodeURIComponent(ledger)].join('/');

/** The text that is signed. */
export const encodeCheckpoint = (checkpoint: Checkpoint): string => {
  const { origin, size, root, sequence, head, previous, signedAt } = checkpoint;
  const lines = [
    origin,
    `${size}`,
    root.toString('base64'),
    `sequence ${sequence}`,
    `head ${head.toString('base64')}`,
    `previous ${previous}`,
    `time ${signedAt}`,
  ];
  return `${lines.join('\n')}\n`;
};

const NUMBER = '(0|[1-9][0-9]{0,15})';
const HASH = '([A-Za-z0-9+/]{43}=)';
const TEXT = new RegExp(
  `^(\\S+)\\n${NUMBER}\\n${HASH}\\nsequence ${NUMBER}\\nhead ${HASH}\\nprevious ${NUMBER}\\ntime (\\S+)\\n$`,
);

/** Reads a checkpoint's text; undefined when it isn't one of ours, byte for byte. */
export const decodeCheckpoint = (text: string): Checkpoint | undefined => {
  const found = TEXT.exec(text);
  if (found === null) return undefined;
  const [, origin = '', size = '', root = '', sequence = '', head = '', previous = '', signedAt = ''] = found;
  const checkpoint = {
    origin,
    size: parseInt(size, 10),
    root: Buffer.from(root, 'base64'),
    sequence: parseInt(sequence, 10),
    head: Buffer.from(head, 'base64'),
    previous: parseInt(previous, 10),
    signedAt,
  };
  return encodeCheckpoint(checkpoint) === text ? checkpoint : undefined;
};
