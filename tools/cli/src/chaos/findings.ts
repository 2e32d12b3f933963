export type Kind = 'lost' | 'doubled' | 'different';

/** Something that two books don't agree about. */
export interface Finding {
  readonly kind: Kind;
  /** Whose it is: a customer, a batch, or what belongs to nobody in particular. */
  readonly customer: string;
  readonly what: string;
}

export type Found = Omit<Finding, 'customer'>;

export const different = (what: string): Found => ({ kind: 'different', what });

/** Fewer than expected is lost, more is doubled, and as many but others is different. */
export const compareSets = (
  where: string,
  expected: readonly string[],
  actual: readonly string[],
): Found[] => {
  const [wanted, found] = [[...expected].sort(), [...actual].sort()];
  if (wanted.join('\n') === found.join('\n')) return [];
  const kind = found.length < wanted.length ? 'lost' : found.length > wanted.length ? 'doubled' : 'different';
  return [{ kind, what: `${where}: [${found.join(', ')}], not [${wanted.join(', ')}]` }];
};

/** Fewer than expected is lost, more is doubled. */
export const compareCounts = (what: string, expected: number, actual: number): Found[] =>
  actual === expected
    ? []
    : [{ kind: actual < expected ? 'lost' : 'doubled', what: `${actual} ${what}, not ${expected}` }];
