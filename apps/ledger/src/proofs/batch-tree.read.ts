import { leafHash, type LeafRange, type NodePlace, nodesOf, rangeRoot } from '@defter/ledger-domain';
import type { Queryable } from '@defter/platform';

const LEAVES = `
select batch::float8 as place, hash from batch
where ledger_id = $1 and batch = any($2::bigint[])`;
const NODES = `
select position::float8 as place, hash from batch_tree_node
where ledger_id = $1 and position = any($2::bigint[]) and level = $3`;

/** Rows that a signed history needs are gone, or aren't those that were signed. */
export class HistoryBroken extends Error {}

/**
 * The roots of subtrees of a ledger's batches: leaf `n` (from 0) is the chained hash of batch `n + 1`.
 * Reads a few hundred rows, however long the history is. @throws HistoryBroken when one of them is missing
 */
export const rootsOf = async (
  source: Queryable,
  ledgerId: number,
  ranges: readonly LeafRange[],
): Promise<Buffer[]> => {
  const hashes = await load(source, ledgerId, ranges.flatMap(nodesOf));
  return ranges.map((range) => rangeRoot(range, (place) => hashAt(hashes, place)));
};

/** A node that is there, left to right in its tree. */
export interface LoadedNode extends NodePlace {
  readonly hash: Buffer;
}

/** The stored nodes that make up the first `size` leaves. @throws HistoryBroken */
export const edgeOf = async (source: Queryable, ledgerId: number, size: number): Promise<LoadedNode[]> => {
  const places = size === 0 ? [] : nodesOf({ from: 0, to: size });
  const hashes = await load(source, ledgerId, places);
  return places.map((place) => ({ ...place, hash: hashAt(hashes, place) }));
};

type Hashes = ReadonlyMap<string, Buffer>;

const nameOf = ({ level, index }: NodePlace): string => `${level}/${index}`;

const hashAt = (hashes: Hashes, place: NodePlace): Buffer => {
  const hash = hashes.get(nameOf(place));
  if (hash !== undefined) return hash;
  const what = place.level === 0 ? `Batch ${place.index + 1}` : `Node ${nameOf(place)} of the batches' tree`;
  throw new HistoryBroken(`${what} is missing`);
};

const load = async (source: Queryable, ledgerId: number, places: readonly NodePlace[]): Promise<Hashes> => {
  const hashes = new Map<string, Buffer>();
  const levels = new Map<number, number[]>();
  for (const { level, index } of places) levels.set(level, [...(levels.get(level) ?? []), index]);
  for (const [level, indexes] of levels) {
    const first = level === 0 ? 1 : 0;
    const numbers = indexes.map((index) => index + first);
    const rows = await source.query<{ place: number; hash: Buffer }>(
      level === 0 ? LEAVES : NODES,
      level === 0 ? [ledgerId, numbers] : [ledgerId, numbers, level],
    );
    for (const { place, hash } of rows) {
      const index = place - first;
      hashes.set(nameOf({ level, index }), level === 0 ? leafHash(hash) : hash);
    }
  }
  return hashes;
};
