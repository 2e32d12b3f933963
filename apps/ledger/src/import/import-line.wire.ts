import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { JsonError, parseJson } from '@defter/platform';
import { wordsOf } from '../body-reader.js';
import { EXPORT_VERSION } from '../export/export-line.wire.js';
import { refusalProblems } from '../ledger.problems.js';
import { LOG_TYPES } from '../logs/log.wire.js';
import { type Line, wrongLine } from './lines.js';

const Count = Type.Integer({ minimum: 0 });
const Hash = Type.String({ pattern: '^[0-9a-f]{64}$', expected: 'a SHA-256 of 64 hexadecimal digits' });
const Fingerprint = Type.String({ pattern: '^[0-9a-f]{32}$', expected: '32 hexadecimal digits' });
const Instant = Type.String({
  pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z$',
  expected: 'an instant in UTC with six digits of the second, such as 2026-01-31T09:30:00.123456Z',
});
const Key = Type.String({ minLength: 1, maxLength: 1_024 });
const Rows = Type.Array(Type.Record(Type.String(), Type.Unknown()));

const StartLine = Type.Object({
  type: Type.Literal('DEFTER_EXPORT'),
  version: Type.Literal(EXPORT_VERSION),
  sequence: Count,
  batch: Count,
  hash: Hash,
  rules: Type.Object({
    ledger: Type.Record(Type.String(), Type.Unknown()),
    accountTypes: Rows,
    monitors: Rows,
  }),
});
const EventLine = Type.Object({
  id: Type.Integer({ minimum: 1 }),
  type: Type.Union(Object.values(LOG_TYPES).map((name) => Type.Literal(name))),
  date: Instant,
  idempotencyKey: Type.Optional(Key),
  defter: Type.Object({
    batch: Type.Integer({ minimum: 1 }),
    type: Type.Union(Object.keys(LOG_TYPES).map((name) => Type.Literal(name))),
    fingerprint: Type.Union([Fingerprint, Type.Null()]),
    payload: Type.String({ pattern: '^\\{', expected: 'the text of a JSON object' }),
  }),
});
const BatchLine = Type.Object({
  type: Type.Literal('DEFTER_BATCH'),
  batch: Type.Integer({ minimum: 1 }),
  first: Count,
  last: Count,
  root: Hash,
  hash: Hash,
  date: Instant,
});
const RefusedKeyLine = Type.Object({
  type: Type.Literal('DEFTER_REFUSED_KEY'),
  idempotencyKey: Key,
  fingerprint: Fingerprint,
  date: Instant,
  refusal: Type.Object({
    code: Type.Union(Object.keys(refusalProblems).map((code) => Type.Literal(code))),
  }),
});
const EndLine = Type.Object({ type: Type.Literal('DEFTER_END'), lines: Count, sha256: Hash });

export type StartLine = Static<typeof StartLine>;
export type EventLine = Static<typeof EventLine>;
export type BatchLine = Static<typeof BatchLine>;
export type RefusedKeyLine = Static<typeof RefusedKeyLine>;
export type EndLine = Static<typeof EndLine>;

/** A line of an import, by what it is. */
export type ImportLine =
  | { readonly kind: 'start'; readonly line: StartLine }
  | { readonly kind: 'event'; readonly line: EventLine }
  | { readonly kind: 'batch'; readonly line: BatchLine }
  | { readonly kind: 'refused-key'; readonly line: RefusedKeyLine }
  | { readonly kind: 'end'; readonly line: EndLine };

const reader = <S extends TSchema>(schema: S) => {
  const check = TypeCompiler.Compile(schema);
  return (value: unknown, number: number): Static<S> => {
    if (check.Check(value)) return value;
    const error = check.Errors(value).First();
    throw wrongLine(number, `${error?.path ?? ''}: ${error ? wordsOf(error) : 'is not as an export has it'}`);
  };
};

const readers = {
  DEFTER_EXPORT: ['start', reader(StartLine)],
  DEFTER_BATCH: ['batch', reader(BatchLine)],
  DEFTER_REFUSED_KEY: ['refused-key', reader(RefusedKeyLine)],
  DEFTER_END: ['end', reader(EndLine)],
} as const;
const readEvent = reader(EventLine);

/** Reads a line. @throws ProblemException `malformed` with the line's number */
export const readLine = ({ number, bytes }: Line): ImportLine => {
  const value = parse(bytes, number);
  const { type } = value as { type?: unknown };
  if (typeof type === 'string' && Object.hasOwn(readers, type)) {
    const [kind, read] = readers[type as keyof typeof readers];
    return { kind, line: read(value, number) } as ImportLine;
  }
  return { kind: 'event', line: readEvent(value, number) };
};

const parse = (bytes: Buffer, number: number): object => {
  try {
    // Accounts and metadata may be named `__proto__`, and stand as members in the views and rules.
    const value = parseJson(bytes, { anyKey: true });
    if (typeof value === 'object' && value !== null) return value;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw wrongLine(number, error.message);
  }
  throw wrongLine(number, 'must be a JSON object');
};
