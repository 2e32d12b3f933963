import { availableOf, type Balance, postedOf } from './balance.js';

export const COMPARISONS = ['lt', 'lte', 'eq', 'gte', 'gt'] as const;
export const FIGURES = ['posted', 'available'] as const;

export type Comparison = (typeof COMPARISONS)[number];
/** Which figure of a balance is meant. */
export type Figure = (typeof FIGURES)[number];

/** Says that a figure of an account's balance stands so to an amount, which may be below zero. */
export interface BalanceCondition {
  readonly account: string;
  readonly asset: string;
  readonly balance: Figure;
  readonly op: Comparison;
  readonly amount: bigint;
}

/** The figure of the balance, in smallest units. */
export const figureOf = (balance: Balance, figure: Figure): bigint =>
  figure === 'posted' ? postedOf(balance) : availableOf(balance);

/** Whether the balance meets the condition. */
export const isMet = ({ balance: figure, op, amount }: BalanceCondition, balance: Balance): boolean => {
  const actual = figureOf(balance, figure);
  switch (op) {
    case 'lt':
      return actual < amount;
    case 'lte':
      return actual <= amount;
    case 'eq':
      return actual === amount;
    case 'gte':
      return actual >= amount;
    case 'gt':
      return actual > amount;
  }
};
