import type { Expression, Program, Send, Statement, ValueType, Variable, Written } from './ast.js';
import { type LeafMap, mapDestination, mapSource } from './map-flow.js';
import { ScriptError } from './script-error.js';

/** A transaction has no more postings than a script names accounts. */
export const MAX_ACCOUNTS = 1000;

const NAMES: Readonly<Record<ValueType, string>> = {
  account: 'an account',
  asset: 'an asset',
  number: 'a number',
  monetary: 'an amount of an asset',
  portion: 'a portion',
  string: 'a text',
};

/**
 * Checks all of a script that doesn't depend on the values of its variables: that each is declared, and of
 * the type that its places need; that metadata is set once by name; that the accounts are not too many.
 * @throws ScriptError
 */
export const check = (program: Program, text: string): void => {
  const checker = new Checker(program, text);
  for (const statement of program.statements) checker.statement(statement);
};

class Checker implements LeafMap<Written, Written> {
  private readonly types: ReadonlyMap<string, ValueType>;
  private readonly names = new Set<string>();
  private accounts = 0;

  constructor(
    program: Program,
    private readonly text: string,
  ) {
    this.types = new Map(program.variables.map(({ name, type }) => [name, type]));
  }

  statement(statement: Statement): void {
    if (statement.kind === 'send') return this.send(statement);
    this.expression(statement.value);
    const account = statement.kind === 'set_account_meta' ? statement.account : undefined;
    if (account !== undefined) this.typed(account, 'account');
    const of = account === undefined ? '' : account.kind === 'variable' ? `$${account.name}` : account.text;
    const name = `${of}\n${statement.key}`;
    if (this.names.has(name)) throw this.error(statement.at, `"${statement.key}" is set twice`);
    this.names.add(name);
  }

  account(account: Written['account']): Written['account'] {
    this.accounts += 1;
    if (this.accounts > MAX_ACCOUNTS) {
      throw this.error(account.at, `a script names at most ${MAX_ACCOUNTS} sources and destinations`);
    }
    return this.typed(account, 'account');
  }

  money(money: Written['money']): Written['money'] {
    if (money.kind === 'variable') return this.typed(money, 'monetary');
    this.typed(money.asset, 'asset');
    this.typed(money.amount, 'number');
    return money;
  }

  shares(shares: readonly Written['share'][]): readonly Written['share'][] {
    return shares.map((share) => (share === 'remaining' ? share : this.typed(share, 'portion')));
  }

  private send({ amount, source, destination }: Send<Written>): void {
    if (amount.kind === 'exactly') this.money(amount.money);
    else this.typed(amount.asset, 'asset');
    mapSource(source, this);
    mapDestination(destination, this);
  }

  private expression(expression: Expression): void {
    if (expression.kind === 'monetary') this.money(expression);
    else if (expression.kind === 'variable') this.typeOf(expression);
  }

  private typed<E extends Expression>(expression: E, wanted: ValueType): E {
    if (expression.kind !== 'variable') return expression;
    const type = this.typeOf(expression);
    if (type === wanted) return expression;
    const reason = `$${expression.name} is declared as ${NAMES[type]}; here ${NAMES[wanted]} is needed`;
    throw this.error(expression.at, reason);
  }

  private typeOf({ name, at }: Variable): ValueType {
    const type = this.types.get(name);
    if (type === undefined) throw this.error(at, `the variable $${name} is not declared in vars { }`);
    return type;
  }

  private error(at: number, reason: string): ScriptError {
    return new ScriptError(this.text, at, reason);
  }
}
