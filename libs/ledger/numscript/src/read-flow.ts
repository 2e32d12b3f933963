/** Sources and destinations: where money comes from and where it goes. */
import type { Cap, Destination, Overdraft, Part, Source, Target, Written } from './ast.js';
import { readAccount, readMoney, readShare } from './read-value.js';
import type { TokenReader } from './token-reader.js';

const MAX_PARTS = 100;
const SOURCE = 'a source: an account, "max [ASSET n] from …", or a list in { }';
const DESTINATION = 'a destination: an account, or a list in { }';

type Branch = 'whole' | 'piece';

/**
 * A source. An allotment must know how much it divides, so it can't stand behind others or under a cap
 * (`whole` says that it can stand here). @throws ScriptError
 */
export const readSource = (reader: TokenReader, branch: Branch = 'whole'): Source<Written> => {
  const { at } = reader.peek();
  if (reader.takes('max')) {
    const cap = readMoney(reader);
    reader.expect('from');
    return { kind: 'capped', cap, source: reader.nested(() => readSource(reader, 'piece')), at };
  }
  if (reader.takes('{')) return reader.nested(() => readSourceList(reader, branch, at));
  if (!isAccount(reader)) throw reader.unexpected(SOURCE);
  return { kind: 'account', account: readAccount(reader), overdraft: readOverdraft(reader), at };
};

const readSourceList = (reader: TokenReader, branch: Branch, at: number): Source<Written> => {
  if (startsPart(reader)) {
    if (branch === 'piece') {
      throw reader.error(
        at,
        'an allotment divides a whole: it cannot stand in an ordered list or behind "max"',
      );
    }
    const parts = readParts(reader, () => {
      reader.expect('from');
      return readSource(reader);
    });
    return { kind: 'allotted', parts, at };
  }
  const sources = [readSource(reader, 'piece')];
  while (!reader.takes('}')) sources.push(readSource(reader, 'piece'));
  return { kind: 'ordered', sources, at };
};

const readOverdraft = (reader: TokenReader): Overdraft<Written> => {
  if (!reader.takes('allowing')) return { kind: 'none' };
  if (reader.takes('unbounded')) {
    reader.expect('overdraft');
    return { kind: 'unbounded' };
  }
  if (!reader.sees('overdraft'))
    throw reader.unexpected('"overdraft up to [ASSET n]" or "unbounded overdraft"');
  reader.expect('overdraft', 'up', 'to');
  return { kind: 'limited', limit: readMoney(reader) };
};

/** @throws ScriptError */
export const readDestination = (reader: TokenReader): Destination<Written> => {
  const { at } = reader.peek();
  if (reader.takes('{')) return reader.nested(() => readDestinationList(reader, at));
  if (!isAccount(reader)) throw reader.unexpected(DESTINATION);
  return { kind: 'account', account: readAccount(reader), at };
};

const readDestinationList = (reader: TokenReader, at: number): Destination<Written> => {
  if (reader.sees('max')) return readCaps(reader, at);
  if (!startsPart(reader)) {
    throw reader.unexpected('"max [ASSET n] to …", "remaining to …", or a portion such as 1/8 to …');
  }
  const parts = readParts(reader, () => readTarget(reader));
  const [only] = parts;
  if (parts.length === 1 && only?.share === 'remaining')
    return { kind: 'ordered', caps: [], rest: only.of, at };
  return { kind: 'allotted', parts, at };
};

const readCaps = (reader: TokenReader, at: number): Destination<Written> => {
  const caps: Cap<Written>[] = [];
  while (reader.takes('max')) caps.push({ cap: readMoney(reader), target: readTarget(reader) });
  if (!reader.sees('remaining'))
    throw reader.unexpected('"max [ASSET n] to …", "remaining to …" or "remaining kept"');
  reader.expect('remaining');
  const rest = readTarget(reader);
  reader.expect('}');
  return { kind: 'ordered', caps, rest, at };
};

const readTarget = (reader: TokenReader): Target<Written> => {
  const { at } = reader.peek();
  if (reader.takes('kept')) return { kind: 'kept', at };
  if (!reader.sees('to')) throw reader.unexpected('"to" and a destination, or "kept"');
  reader.expect('to');
  return readDestination(reader);
};

const readParts = <T>(reader: TokenReader, readOf: () => T): readonly Part<Written, T>[] => {
  const parts: Part<Written, T>[] = [];
  while (!reader.takes('}')) {
    const { at } = reader.peek();
    const share = readShare(reader);
    if (share === 'remaining' && parts.some((part) => part.share === 'remaining')) {
      throw reader.error(at, '"remaining" can stand once in an allotment');
    }
    if (parts.length === MAX_PARTS) throw reader.error(at, `an allotment has at most ${MAX_PARTS} parts`);
    parts.push({ share, of: readOf() });
  }
  return parts;
};

/** A portion, `remaining`, or a variable that isn't a source by itself. */
const startsPart = (reader: TokenReader): boolean => {
  if (reader.peek().kind === 'portion' || reader.sees('remaining')) return true;
  return (
    reader.peek().kind === 'variable' &&
    (reader.sees('from', 1) || reader.sees('to', 1) || reader.sees('kept', 1))
  );
};

const isAccount = (reader: TokenReader): boolean => ['account', 'variable'].includes(reader.peek().kind);
