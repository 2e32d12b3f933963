import type { Expression, Literal, MoneyLiteral, ValueType, Variable, Written } from './ast.js';
import type { TokenReader } from './token-reader.js';
import type { TokenKind } from './tokens.js';

type Simple = Exclude<ValueType, 'monetary'>;

const isSimple = (kind: TokenKind): kind is Simple & TokenKind =>
  kind === 'account' || kind === 'asset' || kind === 'number' || kind === 'portion' || kind === 'string';

const literal = <T extends Simple>(reader: TokenReader, kind: T): Literal<T> => {
  const { text, at } = reader.next();
  return { kind, text, at };
};

const variable = (reader: TokenReader): Variable => {
  const { text: name, at } = reader.next();
  return { kind: 'variable', name, at };
};

/** A literal of the type, or a variable. @throws ScriptError */
export const readTyped = <T extends Simple>(
  reader: TokenReader,
  type: T,
  wanted: string,
): Literal<T> | Variable => {
  const { kind } = reader.peek();
  if (kind === 'variable') return variable(reader);
  if (kind !== type) throw reader.unexpected(wanted);
  return literal(reader, type);
};

/** @throws ScriptError */
export const readAccount = (reader: TokenReader): Written['account'] =>
  readTyped(reader, 'account', 'an account such as @users:42, or a variable');

/** `[ASSET amount]` or a variable. @throws ScriptError */
export const readMoney = (reader: TokenReader): MoneyLiteral | Variable => {
  if (reader.peek().kind === 'variable') return variable(reader);
  if (!reader.sees('[')) throw reader.unexpected('an amount such as [TRY/2 100], or a variable');
  const { at } = reader.next();
  const asset = readAsset(reader);
  const amount = readTyped(reader, 'number', 'a whole number, or a variable');
  reader.expect(']');
  return { kind: 'monetary', asset, amount, at };
};

/** @throws ScriptError */
export const readAsset = (reader: TokenReader): Written['asset'] =>
  readTyped(reader, 'asset', 'an asset such as TRY/2, or a variable');

/** A portion, `remaining`, or a variable. @throws ScriptError */
export const readShare = (reader: TokenReader): Written['share'] => {
  if (reader.takes('remaining')) return 'remaining';
  return readTyped(reader, 'portion', 'a portion such as 1/8 or 12.5%, "remaining", or "}"');
};

/** A value of any type, for metadata. @throws ScriptError */
export const readExpression = (reader: TokenReader): Expression => {
  const { kind } = reader.peek();
  if (kind === 'variable' || reader.sees('[')) return readMoney(reader);
  if (!isSimple(kind))
    throw reader.unexpected('a value: text, number, amount, portion, account, asset or variable');
  return literal(reader, kind);
};
