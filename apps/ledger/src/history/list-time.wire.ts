import { malformed } from '@defter/platform';
import { conditionsOf, type Filter } from '../filters/filter.js';
import { toInstant } from '../instant.js';
import type { Clock } from './volumes-at.read.js';

type Parameters = Readonly<Record<string, readonly string[]>>;

/** The time that a list shows: what was there at its end, less what was there before its start. */
export interface Span {
  readonly start?: string;
  readonly end?: string;
  readonly clock: Clock;
}

/** Parameters of lists that have a past; the names are those of the published client. */
export const VOLUMES_TIME = ['startTime', 'endTime', 'pit', 'insertionDate'];
export const AGGREGATE_TIME = ['pit', 'useInsertionDate'];

const refuse = (name: string, msg: string, type: string) => malformed([{ loc: ['query', name], msg, type }]);

/** The instant of a parameter, given at most once. @throws ProblemException `malformed` */
export const instantOf = (parameters: Parameters, name: string): string | undefined => {
  const [text, second] = parameters[name] ?? [];
  if (second !== undefined) throw refuse(name, 'must be given once', 'query');
  return text === undefined ? undefined : toInstant(text, ['query', name]);
};

const flagOf = (parameters: Parameters, name: string): boolean => {
  const [text = 'false', second] = parameters[name] ?? [];
  if (second === undefined && (text === 'true' || text === 'false')) return text === 'true';
  throw refuse(name, 'must be true or false', 'boolean');
};

/**
 * The time that is asked for; undefined for now. By effective time, or by recorded time where the caller says
 * so. @throws ProblemException `malformed`, also when the filter looks at balances: those are the ones of now
 */
export const toSpan = (parameters: Parameters, filter: Filter): Span | undefined => {
  const recorded = ['insertionDate', 'useInsertionDate'].some((name) => flagOf(parameters, name));
  const [start, end] = [instantOf(parameters, 'startTime'), endOf(parameters)];
  if (start === undefined && end === undefined) return undefined;
  if (conditionsOf(filter).some(({ kind }) => kind === 'integer'))
    throw refuse('query', 'a filter on balances is about now and goes with no other time', 'contradiction');
  return {
    clock: recorded ? 'recorded' : 'effective',
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
  };
};

/** `pit` is another word for `endTime`. */
const endOf = (parameters: Parameters): string | undefined => {
  const [end, pit] = [instantOf(parameters, 'endTime'), instantOf(parameters, 'pit')];
  if (end === undefined || pit === undefined) return end ?? pit;
  throw refuse('pit', 'is another word for endTime', 'contradiction');
};
