import type { Destination, Program, Source, Target } from './ast.js';
import { bind, type Bound, type BoundSend, type Plan } from './bind.js';
import { check } from './check.js';
import { type Funds, interpret, type Run } from './interpret.js';
import { parse } from './parse.js';
import { print } from './print.js';
import { readVariables, type Values } from './variables.js';

type AccountAndAsset = readonly [account: string, asset: string];

/**
 * A script with its variables, checked as far as that is possible without balances. Whoever writes it out,
 * member by member, sees its canonical form and nothing else: the rest is truly private (`#`).
 */
export class Script {
  /** Equal for scripts that say the same with the same values, whatever their blanks and comments. */
  readonly canonical: string;
  readonly #plan: Plan;
  readonly #named: readonly AccountAndAsset[];

  private constructor(program: Program, values: Values, plan: Plan) {
    const vars = [...values].map(([name, { text }]) => [name, text]).sort();
    this.canonical = `${print(program)}${JSON.stringify(vars)}`;
    this.#plan = plan;
    this.#named = plan.sends.flatMap(accountsOf);
  }

  /**
   * Reads a script; `vars` maps names without `$` to JSON values.
   * @throws ScriptError when it can't be run, with the place; VariableError when the variables don't fit
   */
  static of(plain: string, vars: Readonly<Record<string, unknown>>): Script {
    const program = parse(plain);
    check(program, plain);
    const values = readVariables(program.variables, vars);
    return new Script(program, values, bind(program, plain, values));
  }

  /** Every balance that a run may ask for or change, each once. */
  get balances(): readonly AccountAndAsset[] {
    return [...new Map(this.#named.map((pair) => [pair.join(' '), pair])).values()];
  }

  /** A run makes at most so many movements. */
  get mostPostings(): number {
    return this.#named.length;
  }

  /** What `set_tx_meta` and `set_account_meta` say; it depends on no balance. */
  get metadata(): Plan['metadata'] {
    return this.#plan.metadata;
  }

  get accountMetadata(): Plan['accountMetadata'] {
    return this.#plan.accountMetadata;
  }

  /** The movements on the given funds, or why there are none. Pure. */
  run(funds: Funds): Run {
    return interpret(this.#plan, funds);
  }
}

const accountsOf = ({ source, destination, asset }: BoundSend): readonly AccountAndAsset[] =>
  [...sourcesOf(source), ...destinationsOf(destination)].map((account) => [account, asset]);

const sourcesOf = (source: Source<Bound>): readonly string[] => {
  switch (source.kind) {
    case 'account':
      return [source.account];
    case 'capped':
      return sourcesOf(source.source);
    case 'ordered':
      return source.sources.flatMap(sourcesOf);
    case 'allotted':
      return source.parts.flatMap(({ of }) => sourcesOf(of));
  }
};

const destinationsOf = (target: Target<Bound> | Destination<Bound>): readonly string[] => {
  switch (target.kind) {
    case 'kept':
      return [];
    case 'account':
      return [target.account];
    case 'ordered':
      return [...target.caps.flatMap((each) => destinationsOf(each.target)), ...destinationsOf(target.rest)];
    case 'allotted':
      return target.parts.flatMap(({ of }) => destinationsOf(of));
  }
};
