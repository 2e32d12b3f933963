/** What holds for every account whose address matches a pattern. */
export interface AccountType {
  /** Segments of an address, where `*` stands for one segment, and as the last one for one or more. */
  readonly pattern: string;
  /** How far below zero `available` may go, in smallest units; null is without limit. */
  readonly overdraft: bigint | null;
  /** A closed account refuses new transactions; a hold that was open may still be posted or voided. */
  readonly closed: boolean;
}

/** The outside: money enters and leaves the ledger through it. */
export const WORLD = 'world';

const WORLD_TYPE: AccountType = { pattern: WORLD, overdraft: null, closed: false };
const PATTERN = /^([A-Za-z0-9_-]+|\*)(:([A-Za-z0-9_-]+|\*))*$/;

/** Whether the text can be the pattern of an account type. */
export const isAccountPattern = (text: string): boolean => text.length <= 256 && PATTERN.test(text);

/** Whether the address falls under the pattern. */
export const matchesPattern = (pattern: string, address: string): boolean => {
  const wanted = pattern.split(':');
  const given = address.split(':');
  const open = wanted.at(-1) === '*';
  if (open ? given.length < wanted.length : given.length !== wanted.length) return false;
  return wanted.every((segment, index) => segment === '*' || segment === given[index]);
};

/**
 * The type of an address: the pattern with most literal segments wins, then the one that comes first in the
 * alphabet.
 * Undefined when none matches. Expects the types as `sortAccountTypes` gives them.
 */
export const accountTypeOf = (types: readonly AccountType[], address: string): AccountType | undefined => {
  if (address === WORLD) return WORLD_TYPE;
  return types.find((type) => matchesPattern(type.pattern, address));
};

const literals = (pattern: string): number => pattern.split(':').filter((segment) => segment !== '*').length;

/** Most specific first, so that the first match is the right one. */
export const sortAccountTypes = (types: readonly AccountType[]): readonly AccountType[] =>
  [...types].sort((a, b) => literals(b.pattern) - literals(a.pattern) || (a.pattern < b.pattern ? -1 : 1));
