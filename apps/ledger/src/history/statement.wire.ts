import {
  canonicalJson,
  decodeCursor,
  encodeCursor,
  malformed,
  parsePageSize,
  wrongCursor,
} from '@defter/platform';
import { toInstant } from '../instant.js';
import type { LedgerRequest } from '../ledger-request.js';
import { toAsset, toClock, toMoment } from './history.wire.js';
import type { Place } from './place.js';
import type { Clock } from './volumes-at.read.js';

/** What a caller asks of an account's statement. */
export interface StatementForm {
  readonly clock: Clock;
  readonly descending: boolean;
  readonly asset?: string;
  /** From this instant on, up to the other one without it. */
  readonly from?: string;
  readonly to?: string;
}

/** A page of a statement. A cursor holds all of it, so that it can stand alone. */
export interface StatementPage extends StatementForm {
  readonly pageSize: number;
  /** The event up to which the statement goes; undefined on the first page, which chooses it. */
  readonly known?: number;
  readonly place?: Place;
  /** The page before the place is wanted. */
  readonly backward: boolean;
}

const FORM = ['clock', 'order', 'asset', 'from', 'to'] as const;

/** Reads the request for a page of entries. @throws ProblemException `malformed` */
export const toStatementPage = (request: LedgerRequest, account: string): StatementPage => {
  const query = request.query('pageSize', 'cursor', ...FORM);
  const { cursor } = query;
  const form = toForm(query);
  if (cursor === undefined) return { ...form, pageSize: parsePageSize(query['pageSize']), backward: false };
  const kept = decodeCursor(kindOf(request, account), cursor, toKept);
  const asked = FORM.some((name) => query[name] !== undefined);
  if (asked && canonicalJson(form) !== canonicalJson(formOf(kept))) throw wrongCursor();
  return { ...kept, pageSize: parsePageSize(query['pageSize'], kept.pageSize) };
};

/** A cursor of the same statement at another place. */
export const cursorOf = (request: LedgerRequest, account: string, page: StatementPage): string =>
  encodeCursor(kindOf(request, account), page);

/** A place in one account's entries means nothing in another's. */
const kindOf = ({ address }: LedgerRequest, account: string): string =>
  `entries/${address.ledger}/${account}`;

const toForm = (query: Readonly<Record<string, string>>): StatementForm => {
  const [from, to] = [toMoment(query, 'from'), toMoment(query, 'to')];
  if (from !== undefined && to !== undefined && from > to)
    throw malformed([{ loc: ['query', 'to'], msg: 'must not be before from', type: 'contradiction' }]);
  const asset = toAsset(query['asset']);
  return {
    clock: toClock(query['clock']),
    descending: isDescending(query['order']),
    ...(asset === undefined ? {} : { asset }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
};

const isDescending = (order: string | undefined): boolean => {
  if (order === undefined || order === 'asc' || order === 'desc') return order === 'desc';
  throw malformed([{ loc: ['query', 'order'], msg: 'must be asc or desc', type: 'enum' }]);
};

const formOf = ({ clock, descending, asset, from, to }: StatementForm): StatementForm => ({
  clock,
  descending,
  ...(asset === undefined ? {} : { asset }),
  ...(from === undefined ? {} : { from }),
  ...(to === undefined ? {} : { to }),
});

/** @throws Error for what isn't the inside of a cursor; a made-up one must never reach a statement */
const toKept = (inside: unknown): StatementPage => {
  const { descending, pageSize, known, place, backward, ...rest } = inside as Partial<StatementPage>;
  if (typeof descending !== 'boolean' || typeof backward !== 'boolean') throw new Error('no direction');
  const form = toForm({ ...(rest as Record<string, string>), order: descending ? 'desc' : 'asc' });
  return {
    ...form,
    pageSize: parsePageSize(String(pageSize)),
    known: toNumber(known),
    place: toPlace(place),
    backward,
  };
};

const toPlace = (place: Partial<Place> | undefined): Place => ({
  at: toInstant(String(place?.at), ['query', 'cursor']),
  sequence: toNumber(place?.sequence),
  position: toNumber(place?.position, MAX_POSITION),
});

const MAX_POSITION = 32_767;

const toNumber = (value: unknown, limit = Number.MAX_SAFE_INTEGER): number => {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= limit) return value;
  throw new Error('not a number');
};
