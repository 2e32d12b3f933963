import {
  canonicalJson,
  decodeCursor,
  encodeCursor,
  malformed,
  parsePageSize,
  ProblemException,
  wrongCursor,
} from '@defter/platform';
import type { FieldForms, Filter } from './filters/filter.js';
import { EVERYTHING } from './filters/filter.js';
import { toFilter } from './filters/filter.wire.js';
import { readJsonQuery } from './json-body.js';
import type { LedgerRequest } from './ledger-request.js';

export interface Order {
  readonly column: string;
  readonly descending: boolean;
}

/** A list of the API: what it can be asked. */
export interface ListForm {
  /** Names the list, so that another list's cursor is refused. */
  readonly kind: string;
  readonly fields: FieldForms;
  /** Columns for `sort`. */
  readonly sorts: readonly string[];
  readonly usualOrder: (filter: Filter) => Order;
  /** Parameters beside `pageSize`, `cursor`, `query` and `sort`; each may be given several times. */
  readonly parameters?: readonly string[];
}

/** What a caller asks of a list. */
export interface ListQuestion {
  readonly filter: Filter;
  readonly order: Order;
  readonly pageSize: number;
  /** The caller's other parameters. */
  readonly parameters: Parameters;
  /** Where the page begins, as the list itself wrote it; undefined for the first page. */
  readonly place: unknown;
  /** The page before the place is wanted, not the one behind it. */
  readonly backward: boolean;
  /** A cursor of the same question at another place. */
  readonly cursorAt: (place: unknown, backward: boolean) => string;
}

type Parameters = Readonly<Record<string, readonly string[]>>;

/** The part of a question that a cursor repeats, as the caller wrote it. */
interface Asked {
  readonly filter?: unknown;
  readonly sort?: string;
  readonly parameters: Parameters;
}

interface Kept extends Asked {
  readonly pageSize: number;
  readonly place: unknown;
  readonly backward: boolean;
}

/**
 * Reads a list request. A cursor holds its whole question, so that it can stand alone; what is asked beside
 * it must be the same question. @throws ProblemException `malformed`
 */
export const toListQuestion = async (request: LedgerRequest, form: ListForm): Promise<ListQuestion> => {
  const { parameters: known = [] } = form;
  const given = request.values('pageSize', 'cursor', 'query', 'sort', ...known);
  const asked = toAsked(given, await request.body(), known);
  const cursor = once(given, 'cursor');
  const sizeText = once(given, 'pageSize');
  // A place in one ledger means nothing in another.
  const kind = `${form.kind}/${request.address.ledger}`;
  if (cursor === undefined) {
    const pageSize = parsePageSize(sizeText);
    return question(form, kind, { ...asked, pageSize, place: undefined, backward: false });
  }
  const kept = decodeCursor(kind, cursor, toKept);
  if (!isSame(asked, kept)) throw wrongCursor();
  const pageSize = parsePageSize(sizeText, kept.pageSize);
  try {
    return question(form, kind, { ...kept, pageSize });
  } catch (error) {
    // Whoever changes what a cursor holds hears the same as whoever invents one.
    if (error instanceof ProblemException) throw wrongCursor();
    throw error;
  }
};

/**
 * Reads the filter of a request that has no pages, such as a count, and its other parameters.
 * @throws ProblemException `malformed`
 */
export const toListFilter = async (
  request: LedgerRequest,
  form: ListForm,
): Promise<Pick<ListQuestion, 'filter' | 'parameters'>> => {
  const { fields, parameters: known = [] } = form;
  const { filter, parameters } = toAsked(request.values('query', ...known), await request.body(), known);
  return { filter: filter === undefined ? EVERYTHING : toFilter(filter, fields, FILTER), parameters };
};

const FILTER = ['query', 'query'];

const toAsked = (given: Parameters, body: unknown, known: readonly string[]): Asked => {
  const query = once(given, 'query');
  if (query !== undefined && body !== undefined)
    throw malformed([{ loc: ['query', 'query'], msg: 'the body holds a filter already', type: 'query' }]);
  const filter = query === undefined ? body : readJsonQuery(query);
  const sort = once(given, 'sort');
  return {
    ...(filter === undefined ? {} : { filter }),
    ...(sort === undefined ? {} : { sort }),
    parameters: Object.fromEntries(Object.entries(given).filter(([name]) => known.includes(name))),
  };
};

const once = (given: Parameters, name: string): string | undefined => {
  const [value, second] = given[name] ?? [];
  if (second === undefined) return value;
  throw malformed([{ loc: ['query', name], msg: 'must be given once', type: 'query' }]);
};

const question = (form: ListForm, kind: string, kept: Kept): ListQuestion => {
  const filter = kept.filter === undefined ? EVERYTHING : toFilter(kept.filter, form.fields, FILTER);
  return {
    filter,
    order: toOrder(kept.sort, form, form.usualOrder(filter)),
    pageSize: kept.pageSize,
    parameters: kept.parameters,
    place: kept.place,
    backward: kept.backward,
    cursorAt: (place, backward) => encodeCursor(kind, { ...kept, place, backward }),
  };
};

const toOrder = (sort: string | undefined, { sorts }: ListForm, usual: Order): Order => {
  if (sort === undefined) return usual;
  const [column = '', direction = usual.descending ? 'desc' : 'asc', ...rest] = sort.split(':');
  if (sorts.includes(column) && ['asc', 'desc'].includes(direction) && rest.length === 0)
    return { column, descending: direction === 'desc' };
  const msg = `must be one of ${sorts.join(', ')}, with :asc or :desc`;
  throw malformed([{ loc: ['query', 'sort'], msg, type: 'sort' }]);
};

/** @throws Error for what isn't the inside of a cursor */
const toKept = (inside: unknown): Kept => {
  const { filter, sort, parameters, pageSize, place, backward } = inside as Partial<Kept>;
  if (typeof pageSize !== 'number' || typeof backward !== 'boolean') throw new Error('no cursor');
  if (sort !== undefined && typeof sort !== 'string') throw new Error('no sort');
  if (typeof parameters !== 'object') throw new Error('no parameters');
  const lists = Object.values(parameters);
  if (!lists.every((list) => Array.isArray(list) && list.every((value) => typeof value === 'string')))
    throw new Error('no parameters');
  return {
    pageSize: parsePageSize(String(pageSize)),
    place,
    backward,
    parameters,
    ...(filter === undefined ? {} : { filter }),
    ...(sort === undefined ? {} : { sort }),
  };
};

/** Whether everything that was asked beside the cursor is what the cursor asks too. */
const isSame = (asked: Asked, kept: Kept): boolean =>
  (asked.filter === undefined || canonicalJson(asked.filter) === canonicalJson(kept.filter)) &&
  (asked.sort === undefined || asked.sort === kept.sort) &&
  Object.entries(asked.parameters).every(
    ([name, values]) => canonicalJson(values) === canonicalJson(kept.parameters[name]),
  );
