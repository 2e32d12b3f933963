import type { Static, TSchema } from '@sinclair/typebox';
import { TypeCompiler, type ValueError } from '@sinclair/typebox/compiler';
import { type InputError, malformed } from '@defter/platform';

const MAX_ERRORS = 20;

/**
 * A compiled reader of request bodies, for the routes where class-validator would cost more than the work
 * itself.
 * A schema's `expected` option is the sentence for people. @throws ProblemException `malformed` with every
 * error
 */
export const bodyReader = <S extends TSchema>(schema: S): ((body: unknown) => Static<S>) => {
  const check = TypeCompiler.Compile(schema);
  return (body) => {
    if (check.Check(body)) return body;
    const errors: InputError[] = [];
    const seen = new Set<string>();
    for (const error of check.Errors(body)) {
      if (seen.has(error.path) || errors.length === MAX_ERRORS) continue;
      seen.add(error.path);
      errors.push(toInputError(error));
    }
    throw malformed(errors);
  };
};

/** What is wrong, for people: never a regular expression. */
export const wordsOf = ({ message, schema }: Pick<ValueError, 'message' | 'schema'>): string => {
  if (typeof schema['expected'] === 'string') return `must be ${schema['expected']}`;
  return typeof schema['pattern'] === 'string' ? 'must be text of another form' : lowerFirst(message);
};

const toInputError = ({ path, message, schema }: ValueError): InputError => ({
  loc: ['body', ...path.split('/').slice(1).map(unescape).map(toSegment)],
  msg: wordsOf({ message, schema }),
  type: typeof schema['type'] === 'string' ? schema['type'] : 'schema',
});

const unescape = (segment: string): string => segment.replaceAll('~1', '/').replaceAll('~0', '~');

const toSegment = (segment: string): string | number =>
  /^\d+$/.test(segment) ? parseInt(segment, 10) : segment;

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
