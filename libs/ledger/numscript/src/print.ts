import { assertNever } from '@defter/kernel';
import type {
  Amount,
  Destination,
  Expression,
  Overdraft,
  Program,
  Source,
  Statement,
  Target,
  Written,
} from './ast.js';

/**
 * The script in its one canonical form: parsing it gives the same tree, and two scripts that differ in
 * blanks, comments or the order of `source` and `destination` only are printed the same.
 */
export const print = ({ variables, statements }: Program): string => {
  const declared = variables.map(({ type, name }) => `  ${type} $${name}\n`).join('');
  const vars = variables.length === 0 ? '' : `vars {\n${declared}}\n`;
  return vars + statements.map((statement) => `${statementText(statement)}\n`).join('');
};

const statementText = (statement: Statement): string => {
  switch (statement.kind) {
    case 'send': {
      const { amount, source, destination } = statement;
      const from = `  source = ${sourceText(source, '  ')}`;
      const to = `  destination = ${destinationText(destination, '  ')}`;
      return `send ${amountText(amount)} (\n${from}\n${to}\n)`;
    }
    case 'set_tx_meta':
      return `set_tx_meta(${quoted(statement.key)}, ${value(statement.value)})`;
    case 'set_account_meta': {
      const { account, key, value: given } = statement;
      return `set_account_meta(${value(account)}, ${quoted(key)}, ${value(given)})`;
    }
    default:
      return assertNever(statement);
  }
};

const amountText = (amount: Amount<Written>): string =>
  amount.kind === 'all' ? `[${value(amount.asset)} *]` : value(amount.money);

const sourceText = (source: Source<Written>, indent: string): string => {
  switch (source.kind) {
    case 'account':
      return value(source.account) + overdraftText(source.overdraft);
    case 'capped':
      return `max ${value(source.cap)} from ${sourceText(source.source, indent)}`;
    case 'ordered':
      return block(
        indent,
        source.sources.map((each) => sourceText(each, `${indent}  `)),
      );
    case 'allotted':
      return block(
        indent,
        source.parts.map(({ share, of }) => `${shareText(share)} from ${sourceText(of, `${indent}  `)}`),
      );
    default:
      return assertNever(source);
  }
};

const overdraftText = (overdraft: Overdraft<Written>): string => {
  if (overdraft.kind === 'none') return '';
  if (overdraft.kind === 'unbounded') return ' allowing unbounded overdraft';
  return ` allowing overdraft up to ${value(overdraft.limit)}`;
};

const destinationText = (destination: Destination<Written>, indent: string): string => {
  const inner = `${indent}  `;
  switch (destination.kind) {
    case 'account':
      return value(destination.account);
    case 'ordered': {
      const caps = destination.caps.map(
        ({ cap, target }) => `max ${value(cap)} ${targetText(target, inner)}`,
      );
      return block(indent, [...caps, `remaining ${targetText(destination.rest, inner)}`]);
    }
    case 'allotted':
      return block(
        indent,
        destination.parts.map(({ share, of }) => `${shareText(share)} ${targetText(of, inner)}`),
      );
    default:
      return assertNever(destination);
  }
};

const targetText = (target: Target<Written>, indent: string): string =>
  target.kind === 'kept' ? 'kept' : `to ${destinationText(target, indent)}`;

const block = (indent: string, lines: readonly string[]): string =>
  `{\n${lines.map((line) => `${indent}  ${line}\n`).join('')}${indent}}`;

const shareText = (share: Written['share']): string => (share === 'remaining' ? share : value(share));

const value = (expression: Expression): string => {
  switch (expression.kind) {
    case 'variable':
      return `$${expression.name}`;
    case 'monetary':
      return `[${value(expression.asset)} ${value(expression.amount)}]`;
    case 'account':
      return `@${expression.text}`;
    case 'string':
      return quoted(expression.text);
    default:
      return expression.text;
  }
};

const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
