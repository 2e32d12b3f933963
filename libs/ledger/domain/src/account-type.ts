import type { NormalSide } from './balance.js';

/** What holds for every account whose address matches a pattern. */
export interface AccountType {
  /** Segments of an address, where `*` stands for one segment, and as the last one for one or more. */
  readonly pattern: string;
  /**
   * The side on which the account's balance grows and on which its limit counts: a `credit` account may not
   * pay out more than it has, a `debit` account may not take back more than it gave.
   */
  readonly normalSide: NormalSide;
  /** How far below zero the normal side may go, in smallest units; null is without limit. */
  readonly overdraft: bigint | null;
  /** A closed account refuses new transactions; a hold that was open may still be posted or voided. */
  readonly closed: boolean;
}

/** The outside: money enters and leaves the ledger through it. */
export const WORLD = 'world';

const WORLD_TYPE: AccountType = { pattern: WORLD, normalSide: 'credit', overdraft: null, closed: false };
const PATTERN = /^([A-Za-z0-9_-]+|\*)(:([A-Za-z0-9_-]+|\*))*$/;
const ADDRESSES_IN_MEMORY = 100_000;

/** Whether the text can be the pattern of an account type. */
export const isAccountPattern = (text: string): boolean => text.length <= 256 && PATTERN.test(text);

/** Whether the address falls under the pattern. */
export const matchesPattern = (pattern: string, address: string): boolean =>
  matches(pattern.split(':'), address.split(':'));

const matches = (wanted: readonly string[], given: readonly string[]): boolean => {
  const open = wanted.at(-1) === '*';
  if (open ? given.length < wanted.length : given.length !== wanted.length) return false;
  return wanted.every((segment, index) => segment === '*' || segment === given[index]);
};

interface Pattern {
  readonly segments: readonly string[];
  readonly literals: number;
  readonly type: AccountType;
}

/**
 * The types of a ledger. The pattern with most literal segments wins, then the one that comes first in the
 * alphabet; so an exact address always wins, and thousands of them (a limit for each account) cost nothing.
 */
export class AccountTypes {
  private readonly exact = new Map<string, AccountType>();
  private readonly patterns: readonly Pattern[];
  /** What was found before; null is no type. */
  private readonly found = new Map<string, AccountType | null>();

  constructor(types: readonly AccountType[]) {
    const patterns: Pattern[] = [];
    for (const type of types) {
      const segments = type.pattern.split(':');
      const literals = segments.filter((segment) => segment !== '*').length;
      if (literals === segments.length) this.exact.set(type.pattern, type);
      else patterns.push({ segments, literals, type });
    }
    this.patterns = patterns.sort(
      (a, b) => b.literals - a.literals || (a.type.pattern < b.type.pattern ? -1 : 1),
    );
  }

  /** The type of an address; undefined when none matches. The outside has its own, which nothing changes. */
  of(address: string): AccountType | undefined {
    if (address === WORLD) return WORLD_TYPE;
    if (this.patterns.length === 0) return this.exact.get(address);
    const known = this.found.get(address);
    if (known !== undefined) return known ?? undefined;
    const type = this.exact.get(address) ?? this.firstMatch(address);
    if (this.found.size >= ADDRESSES_IN_MEMORY) this.found.clear();
    this.found.set(address, type ?? null);
    return type;
  }

  private firstMatch(address: string): AccountType | undefined {
    const given = address.split(':');
    return this.patterns.find(({ segments }) => matches(segments, given))?.type;
  }
}
