import type { Expression, Leaves, Program, Send, Source, Variable, Written } from './ast.js';
import { type LeafMap, mapDestination, mapSource } from './map-flow.js';
import { completeShares, type Portion, PORTION_FORM, toPortion } from './portion.js';
import { ScriptError } from './script-error.js';
import { isAddress, toAmount, type Value, type Values } from './variables.js';

/** Leaves as the interpreter needs them: every amount is in smallest units of the asset that is sent. */
export interface Bound extends Leaves {
  readonly account: string;
  readonly asset: string;
  readonly money: bigint;
  readonly share: Portion;
}

export interface BoundSend extends Send<Bound> {
  readonly asset: string;
}

type TextByName = Readonly<Record<string, string>>;

/** A script with all its values: only balances are missing, so a run fails for want of funds alone. */
export interface Plan {
  readonly sends: readonly BoundSend[];
  readonly metadata: TextByName;
  readonly accountMetadata: Readonly<Record<string, TextByName>>;
}

/** The outside: a source without end. */
const WORLD = 'world';

/** Puts the values into a checked script. @throws ScriptError when they don't fit together */
export const bind = (program: Program, text: string, values: Values): Plan => {
  const binder = new Binder(text, values);
  const sends: BoundSend[] = [];
  // Names without a prototype: `__proto__` is a name like any other.
  const metadata = Object.create(null) as Record<string, string>;
  const accountMetadata = Object.create(null) as Record<string, Record<string, string>>;
  for (const statement of program.statements) {
    if (statement.kind === 'send') sends.push(binder.send(statement));
    else if (statement.kind === 'set_tx_meta') metadata[statement.key] = binder.text(statement.value);
    else {
      const of = (accountMetadata[binder.account(statement.account)] ??= Object.create(
        null,
      ) as typeof metadata);
      of[statement.key] = binder.text(statement.value);
    }
  }
  return { sends, metadata, accountMetadata };
};

class Binder implements LeafMap<Written, Bound> {
  /** What is sent by the statement at hand; every amount in it must be of it. */
  private asset = '';

  constructor(
    private readonly source: string,
    private readonly values: Values,
  ) {}

  send({ amount, source, destination, at }: Send<Written>): BoundSend {
    const written = amount.kind === 'all' ? amount.asset : amount.money;
    this.asset = this.assetOf(written);
    const bound = {
      kind: 'send' as const,
      amount:
        amount.kind === 'all'
          ? { kind: 'all' as const, asset: this.asset }
          : { kind: 'exactly' as const, money: this.money(amount.money) },
      asset: this.asset,
      source: mapSource<Written, Bound>(source, this),
      destination: mapDestination<Written, Bound>(destination, this),
      at,
    };
    if (amount.kind === 'all') this.refuseEndless(bound.source);
    return bound;
  }

  account(account: Written['account']): string {
    const text = this.text(account);
    if (isAddress(text)) return text;
    throw this.error(account.at, 'an address has at most 256 characters');
  }

  money(money: Written['money']): bigint {
    const asset = this.assetOf(money);
    if (asset !== this.asset) {
      throw this.error(money.at, `the amount is in ${asset}, but what is sent is ${this.asset}`);
    }
    return this.units(money);
  }

  shares(shares: readonly Written['share'][], at: number): readonly Portion[] {
    const complete = completeShares(
      shares.map((share) => (share === 'remaining' ? share : this.portion(share))),
    );
    if (complete !== undefined) return complete;
    throw this.error(at, 'the shares must make up the whole exactly, or leave a part to "remaining"');
  }

  /** A value as metadata shows it. */
  text(expression: Expression): string {
    if (expression.kind === 'variable') return this.value(expression).text;
    if (expression.kind !== 'monetary') return expression.text;
    return `${this.assetOf(expression)} ${this.units(expression)}`;
  }

  private units(money: Written['money']): bigint {
    if (money.kind !== 'variable') {
      const amount = toAmount(this.text(money.amount));
      if (amount === undefined) throw this.error(money.amount.at, 'an amount has at most 78 digits');
      return amount;
    }
    const value = this.value(money);
    if (value.type !== 'monetary') throw new Error('The script was not checked');
    return value.amount;
  }

  private portion(share: Exclude<Written['share'], 'remaining'>): Portion {
    if (share.kind === 'variable') {
      const value = this.value(share);
      if (value.type !== 'portion') throw new Error('The script was not checked');
      return value.portion;
    }
    const portion = toPortion(share.text);
    if (portion === undefined) throw this.error(share.at, `expected ${PORTION_FORM}`);
    return portion;
  }

  private assetOf(written: Written['money'] | Written['asset']): string {
    if (written.kind === 'monetary') return this.text(written.asset);
    if (written.kind === 'asset') return written.text;
    const value = this.value(written);
    return value.type === 'monetary' ? value.asset : value.text;
  }

  private value({ name }: Variable): Value {
    const value = this.values.get(name);
    if (value === undefined) throw new Error('The script was not checked');
    return value;
  }

  /** All that a source can give must be a number: the outside and unbounded overdrafts give without end. */
  private refuseEndless(source: Source<Bound>): void {
    if (source.kind === 'allotted') {
      throw this.error(
        source.at,
        '"*" cannot be divided among sources; name an amount, or use an ordered list',
      );
    }
    if (source.kind === 'ordered') source.sources.forEach((each) => this.refuseEndless(each));
    if (source.kind !== 'account') return;
    if (source.account === WORLD || source.overdraft.kind === 'unbounded') {
      throw this.error(
        source.at,
        `"*" sends all that is there, and this source has no end; put "max" before it`,
      );
    }
  }

  private error(at: number, reason: string): ScriptError {
    return new ScriptError(this.source, at, reason);
  }
}
