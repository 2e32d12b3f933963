/**
 * The tree of a script. It is generic in its leaves: a parsed tree holds expressions with their places in the
 * text, a bound tree holds the values that the variables gave them.
 */

/** The types that a variable can have. */
export const VALUE_TYPES = ['account', 'asset', 'number', 'monetary', 'portion', 'string'] as const;

export type ValueType = (typeof VALUE_TYPES)[number];

/** What a source or destination is built of. */
export interface Leaves {
  readonly account: unknown;
  readonly asset: unknown;
  /** An amount of an asset: what is sent, a cap, or a limit. */
  readonly money: unknown;
  /** A share of what is sent. */
  readonly share: unknown;
}

/** `at` is always the offset into the text at which the thing begins. */
interface Placed {
  readonly at: number;
}

/** How far below zero a source may go: not at all, without end, or up to an amount. */
export type Overdraft<L extends Leaves> =
  | { readonly kind: 'none' }
  | { readonly kind: 'unbounded' }
  | { readonly kind: 'limited'; readonly limit: L['money'] };

export type Source<L extends Leaves> = Placed &
  (
    | { readonly kind: 'account'; readonly account: L['account']; readonly overdraft: Overdraft<L> }
    | { readonly kind: 'capped'; readonly cap: L['money']; readonly source: Source<L> }
    | { readonly kind: 'ordered'; readonly sources: readonly Source<L>[] }
    | { readonly kind: 'allotted'; readonly parts: readonly Part<L, Source<L>>[] }
  );

export type Destination<L extends Leaves> = Placed &
  (
    | { readonly kind: 'account'; readonly account: L['account'] }
    | { readonly kind: 'ordered'; readonly caps: readonly Cap<L>[]; readonly rest: Target<L> }
    | { readonly kind: 'allotted'; readonly parts: readonly Part<L, Target<L>>[] }
  );

/** Where a piece of the money goes; `kept` stays with the source that it came from. */
export type Target<L extends Leaves> = Destination<L> | (Placed & { readonly kind: 'kept' });

export interface Cap<L extends Leaves> {
  readonly cap: L['money'];
  readonly target: Target<L>;
}

/** One line of an allotment. */
export interface Part<L extends Leaves, T> {
  readonly share: L['share'];
  readonly of: T;
}

/** What a statement sends: an amount, or all that its sources can give. */
export type Amount<L extends Leaves> =
  | { readonly kind: 'exactly'; readonly money: L['money'] }
  | { readonly kind: 'all'; readonly asset: L['asset'] };

export interface Send<L extends Leaves> extends Placed {
  readonly kind: 'send';
  readonly amount: Amount<L>;
  readonly source: Source<L>;
  readonly destination: Destination<L>;
}

export interface Variable extends Placed {
  readonly kind: 'variable';
  readonly name: string;
}

/** A literal other than money; `text` is as written, without `@`, quotes or blanks. */
export interface Literal<T extends ValueType> extends Placed {
  readonly kind: T;
  readonly text: string;
}

export interface MoneyLiteral extends Placed {
  readonly kind: 'monetary';
  readonly asset: Literal<'asset'> | Variable;
  readonly amount: Literal<'number'> | Variable;
}

export interface Written extends Leaves {
  readonly account: Literal<'account'> | Variable;
  readonly asset: Literal<'asset'> | Variable;
  readonly money: MoneyLiteral | Variable;
  /** `remaining` is what the other shares leave of the whole. */
  readonly share: Literal<'portion'> | Variable | 'remaining';
}

export type Expression = Literal<Exclude<ValueType, 'monetary'>> | MoneyLiteral | Variable;

export interface Declaration extends Placed {
  readonly type: ValueType;
  readonly name: string;
}

export interface SetTxMeta extends Placed {
  readonly kind: 'set_tx_meta';
  readonly key: string;
  readonly value: Expression;
}

export interface SetAccountMeta extends Placed {
  readonly kind: 'set_account_meta';
  readonly account: Written['account'];
  readonly key: string;
  readonly value: Expression;
}

export type Statement = Send<Written> | SetTxMeta | SetAccountMeta;

export interface Program {
  readonly variables: readonly Declaration[];
  readonly statements: readonly Statement[];
}
