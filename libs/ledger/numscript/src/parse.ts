import {
  type Amount,
  type Declaration,
  type Program,
  type Send,
  type SetAccountMeta,
  type SetTxMeta,
  type Statement,
  VALUE_TYPES,
  type ValueType,
  type Written,
} from './ast.js';
import { readDestination, readSource } from './read-flow.js';
import { readAccount, readAsset, readExpression, readMoney } from './read-value.js';
import { ScriptError } from './script-error.js';
import { TokenReader } from './token-reader.js';

/** The longest text of a script, in characters. */
export const MAX_SCRIPT_LENGTH = 16_384;

const STATEMENT = 'a statement: "send", "set_tx_meta" or "set_account_meta"';

/** Reads a script. The grammar stands in docs/reference/numscript.md. @throws ScriptError */
export const parse = (text: string): Program => {
  if (text.length > MAX_SCRIPT_LENGTH) {
    throw new ScriptError(text, MAX_SCRIPT_LENGTH, `a script has at most ${MAX_SCRIPT_LENGTH} characters`);
  }
  const reader = new TokenReader(text);
  const variables = reader.takes('vars') ? readDeclarations(reader) : [];
  const statements = [readStatement(reader)];
  while (reader.peek().kind !== 'end') statements.push(readStatement(reader));
  return { variables, statements };
};

const readDeclarations = (reader: TokenReader): readonly Declaration[] => {
  reader.expect('{');
  const declarations: Declaration[] = [];
  while (!reader.takes('}')) {
    const declaration = readDeclaration(reader);
    if (declarations.some(({ name }) => name === declaration.name)) {
      throw reader.error(declaration.at, `the variable $${declaration.name} is declared twice`);
    }
    declarations.push(declaration);
  }
  return declarations;
};

const readDeclaration = (reader: TokenReader): Declaration => {
  const type = VALUE_TYPES.find((each) => reader.sees(each));
  if (type === undefined) throw reader.unexpected(`"}" or a type: ${VALUE_TYPES.join(', ')}`);
  return declarationOf(reader, type);
};

const declarationOf = (reader: TokenReader, type: ValueType): Declaration => {
  const { at } = reader.next();
  const { text: name } = reader.expectKind('variable', 'a variable such as $amount');
  if (reader.sees('=')) {
    const reason =
      'a variable takes its value from the request; "= balance(…)" and "= meta(…)" are not supported';
    throw reader.error(reader.peek().at, reason);
  }
  return { type, name, at };
};

const readStatement = (reader: TokenReader): Statement => {
  if (reader.sees('send')) return readSend(reader);
  if (reader.sees('set_tx_meta')) return readSetTxMeta(reader);
  if (reader.sees('set_account_meta')) return readSetAccountMeta(reader);
  throw reader.unexpected(STATEMENT);
};

const readSend = (reader: TokenReader): Send<Written> => {
  const { at } = reader.next();
  const amount = readAmount(reader);
  reader.expect('(');
  if (reader.sees('destination')) {
    const destination = readNamed(reader, 'destination', readDestination);
    reader.takes(',');
    const source = readNamed(reader, 'source', (each) => readSource(each));
    reader.expect(')');
    return { kind: 'send', amount, source, destination, at };
  }
  const source = readNamed(reader, 'source', (each) => readSource(each));
  reader.takes(',');
  const destination = readNamed(reader, 'destination', readDestination);
  reader.expect(')');
  return { kind: 'send', amount, source, destination, at };
};

const readNamed = <T>(reader: TokenReader, name: string, read: (reader: TokenReader) => T): T => {
  reader.expect(name, '=');
  return read(reader);
};

const readAmount = (reader: TokenReader): Amount<Written> => {
  const starts = reader.sees('[') && reader.sees('*', 2);
  if (!starts) return { kind: 'exactly', money: readMoney(reader) };
  reader.expect('[');
  const asset = readAsset(reader);
  reader.expect('*', ']');
  return { kind: 'all', asset };
};

const readSetTxMeta = (reader: TokenReader): SetTxMeta => {
  const { at } = reader.next();
  reader.expect('(');
  const { text: key } = reader.expectKind('string', 'a name in quotes');
  reader.expect(',');
  const value = readExpression(reader);
  reader.expect(')');
  return { kind: 'set_tx_meta', key, value, at };
};

const readSetAccountMeta = (reader: TokenReader): SetAccountMeta => {
  const { at } = reader.next();
  reader.expect('(');
  const account = readAccount(reader);
  reader.expect(',');
  const { text: key } = reader.expectKind('string', 'a name in quotes');
  reader.expect(',');
  const value = readExpression(reader);
  reader.expect(')');
  return { kind: 'set_account_meta', account, key, value, at };
};
