import type { Destination, Program, Source, Target } from './ast.js';
import { bind, type Bound, type BoundSend, type Plan } from './bind.js';
import { check } from './check.js';
import { type Funds, interpret, type Run } from './interpret.js';
import { parse } from './parse.js';
import { print } from './print.js';
import { readVariables, type Values } from './variables.js';

type AccountAndAsset = readonly [account: string, asset: string];

/** A script with its variables, checked as far as that is possible without balances. */
export class Script {
  /** Every balance that a run may ask for or change, each once. */
  readonly balances: readonly AccountAndAsset[];
  /** A run makes at most so many movements. */
  readonly mostPostings: number;

  private constructor(
    private readonly program: Program,
    private readonly values: Values,
    private readonly plan: Plan,
  ) {
    const named = plan.sends.flatMap(accountsOf);
    this.mostPostings = named.length;
    this.balances = [...new Map(named.map((pair) => [pair.join(' '), pair])).values()];
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

  /** What `set_tx_meta` and `set_account_meta` say; it depends on no balance. */
  get metadata(): Plan['metadata'] {
    return this.plan.metadata;
  }

  get accountMetadata(): Plan['accountMetadata'] {
    return this.plan.accountMetadata;
  }

  /** The movements on the given funds, or why there are none. Pure. */
  run(funds: Funds): Run {
    return interpret(this.plan, funds);
  }

  /** Equal for scripts that say the same with the same values, whatever their blanks and comments. */
  toJSON(): object {
    const vars = [...this.values].map(([name, { text }]) => [name, text]);
    return { plain: print(this.program), vars: Object.fromEntries(vars) as object };
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
