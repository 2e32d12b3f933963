import { malformed } from '@defter/platform';
import { conditionsOf, conjuncts, type FieldForms, type Filter } from '../filters/filter.js';
import { instantOf } from '../history/list-time.wire.js';
import { toKey } from '../ledger-request.js';
import type { ListForm, ListQuestion, Order } from '../list-question.js';

const STATUSES = ['posted', 'pending', 'captured', 'voided', 'expired'];

const FIELDS: FieldForms = {
  id: { kind: 'integer' },
  reference: { kind: 'text', optional: true },
  account: { kind: 'address' },
  source: { kind: 'address' },
  destination: { kind: 'address' },
  timestamp: { kind: 'instant' },
  insertedAt: { kind: 'instant' },
  inserted_at: { kind: 'instant', as: 'insertedAt' },
  reverted: { kind: 'flag' },
  status: { kind: 'text', values: STATUSES },
  metadata: { kind: 'metadata' },
};

/**
 * By number, newest first; a filter on a range of effective time asks for that time, and its order is the one
 * that has it.
 */
const usualOrder = (filter: Filter): Order => {
  const ranged = conjuncts(filter).some((part) => part.kind === 'instant' && part.field === 'timestamp');
  return { column: ranged ? 'timestamp' : 'id', descending: true };
};

/** The list of transactions. `order=effective` and `reverse=true` are how users of this shape say `sort`. */
export const TRANSACTIONS: ListForm = {
  kind: 'transactions',
  fields: FIELDS,
  sorts: ['id', 'timestamp', 'insertedAt'],
  usualOrder,
  parameters: ['order', 'reverse', 'reference', 'expand', 'pit'],
};

/**
 * The order that the question asks for; at a past time it is that of effective time.
 * @throws ProblemException `malformed`
 */
export const transactionOrder = ({ order, parameters }: ListQuestion): Order => {
  const by = only(parameters, 'order', ['effective']);
  const reversed = only(parameters, 'reverse', ['true', 'false']) === 'true';
  const effective = by === 'effective' || parameters['pit'] !== undefined;
  const column = effective || order.column === 'timestamp' ? 'timestamp' : 'id';
  return { column, descending: order.descending !== reversed };
};

/**
 * The filter together with the parameters `reference`, the short way to find one, and `pit`: what had taken
 * effect by then.
 */
export const transactionFilter = ({
  filter,
  parameters,
}: Pick<ListQuestion, 'filter' | 'parameters'>): Filter => {
  const references = parameters['reference'] ?? [];
  for (const reference of references) toKey(reference, ['query', 'reference']);
  const pit = instantOf(parameters, 'pit');
  const parts: Filter[] = [filter];
  if (references.length > 0) parts.push({ kind: 'text', field: 'reference', values: references });
  if (pit !== undefined) parts.push({ kind: 'instant', field: 'timestamp', compare: '<=', value: pit });
  return parts.length === 1 ? filter : { kind: 'and', parts };
};

/**
 * Whether volumes by effective time are asked for too; those of the commit are always shown.
 * @throws ProblemException `malformed` for other expansions
 */
export const expandsEffective = ({ parameters }: Pick<ListQuestion, 'parameters'>): boolean => {
  const expand = parameters['expand'] ?? [];
  if (expand.every((name) => EXPANSIONS.includes(name))) return expand.includes('effectiveVolumes');
  throw malformed([{ loc: ['query', 'expand'], msg: `must be ${EXPANSIONS.join(' or ')}`, type: 'enum' }]);
};

const EXPANSIONS = ['volumes', 'effectiveVolumes'];

const only = (
  parameters: ListQuestion['parameters'],
  name: string,
  known: readonly string[],
): string | undefined => {
  const [value, second] = parameters[name] ?? [];
  if (value === undefined || (second === undefined && known.includes(value))) return value;
  throw malformed([{ loc: ['query', name], msg: `must be ${known.join(' or ')}, once`, type: 'enum' }]);
};

/** Which accounts a transaction must touch at which end, where the filter says it outright. */
export interface Ends {
  readonly sources: readonly string[];
  readonly destinations: readonly string[];
}

/** A filter, and the part of it that names accounts apart from all that must hold too. */
export interface AccountDriven {
  readonly ends: Ends;
  readonly rest: readonly Filter[];
}

/** The first part that only exact addresses decide; undefined when there is none. */
export const accountDriven = (
  filter: Filter,
  addressesOf: (filter: Filter) => Ends | undefined,
): AccountDriven | undefined => {
  const parts = conjuncts(filter);
  for (const part of parts) {
    const ends = addressesOf(part);
    if (ends !== undefined) return { ends, rest: parts.filter((other) => other !== part) };
  }
  return undefined;
};

/** Whether another condition that an index answers stands beside the accounts. */
export const hasRival = (rest: readonly Filter[]): boolean =>
  rest.some((part) =>
    conditionsOf(part).some(
      ({ kind }) => kind === 'metadata' || kind === 'exists' || kind === 'text' || kind === 'integer',
    ),
  );
