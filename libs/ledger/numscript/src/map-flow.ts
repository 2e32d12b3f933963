import { assertNever } from '@defter/kernel';
import type { Destination, Leaves, Overdraft, Part, Source, Target } from './ast.js';

/** Turns the leaves of one tree into those of another. */
export interface LeafMap<A extends Leaves, B extends Leaves> {
  account(account: A['account']): B['account'];
  money(money: A['money']): B['money'];
  /** The shares of one allotment belong together: they make up the whole. `at` is where it begins. */
  shares(shares: readonly A['share'][], at: number): readonly B['share'][];
}

/** The same source with other leaves. */
export const mapSource = <A extends Leaves, B extends Leaves>(
  source: Source<A>,
  leaves: LeafMap<A, B>,
): Source<B> => {
  const { at } = source;
  switch (source.kind) {
    case 'account': {
      const account = leaves.account(source.account);
      return { kind: 'account', account, overdraft: mapOverdraft(source.overdraft, leaves), at };
    }
    case 'capped':
      return { kind: 'capped', cap: leaves.money(source.cap), source: mapSource(source.source, leaves), at };
    case 'ordered':
      return { kind: 'ordered', sources: source.sources.map((each) => mapSource(each, leaves)), at };
    case 'allotted': {
      const parts = mapParts(source.parts, leaves, at, (of: Source<A>) => mapSource(of, leaves));
      return { kind: 'allotted', parts, at };
    }
    default:
      return assertNever(source);
  }
};

const mapOverdraft = <A extends Leaves, B extends Leaves>(
  overdraft: Overdraft<A>,
  leaves: LeafMap<A, B>,
): Overdraft<B> =>
  overdraft.kind === 'limited' ? { kind: 'limited', limit: leaves.money(overdraft.limit) } : overdraft;

/** The same destination with other leaves. */
export const mapDestination = <A extends Leaves, B extends Leaves>(
  destination: Destination<A>,
  leaves: LeafMap<A, B>,
): Destination<B> => {
  const { at } = destination;
  switch (destination.kind) {
    case 'account':
      return { kind: 'account', account: leaves.account(destination.account), at };
    case 'ordered': {
      const caps = destination.caps.map(({ cap, target }) => ({
        cap: leaves.money(cap),
        target: mapTarget(target, leaves),
      }));
      return { kind: 'ordered', caps, rest: mapTarget(destination.rest, leaves), at };
    }
    case 'allotted': {
      const parts = mapParts(destination.parts, leaves, at, (of: Target<A>) => mapTarget(of, leaves));
      return { kind: 'allotted', parts, at };
    }
    default:
      return assertNever(destination);
  }
};

const mapTarget = <A extends Leaves, B extends Leaves>(
  target: Target<A>,
  leaves: LeafMap<A, B>,
): Target<B> => (target.kind === 'kept' ? target : mapDestination(target, leaves));

const mapParts = <A extends Leaves, B extends Leaves, S, T>(
  parts: readonly Part<A, S>[],
  leaves: LeafMap<A, B>,
  at: number,
  map: (of: S) => T,
): readonly Part<B, T>[] => {
  const shares = leaves.shares(
    parts.map(({ share }) => share),
    at,
  );
  return parts.map(({ of }, index) => ({ share: shares[index], of: map(of) }));
};
