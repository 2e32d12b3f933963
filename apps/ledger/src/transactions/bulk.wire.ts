import { createHash } from 'node:crypto';
import { type Static, Type } from '@sinclair/typebox';
import type { LedgerCommand, MetadataTarget } from '@defter/ledger-domain';
import { canonicalCommand, isAddress } from '@defter/ledger-domain';
import { malformed, ProblemException } from '@defter/platform';
import { bodyReader } from '../body-reader.js';
import type { GroupMode, Submission } from '../engine/submission.js';
import { PostHoldBody, toPostHold } from '../holds/hold.wire.js';
import { requestProblems } from '../ledger.problems.js';
import { toKey } from '../ledger-request.js';
import { CreateTransactionBody, fromBody, MetadataInput } from './transaction.wire.js';

const strict = { additionalProperties: false } as const;
const Id = Type.Integer({ minimum: 1, expected: 'the number of a transaction' });
const ik = Type.Optional(Type.String({ maxLength: 256 }));
const targetType = Type.Union([Type.Literal('ACCOUNT'), Type.Literal('TRANSACTION')]);
const targetId = Type.Union([Type.String({ maxLength: 256 }), Type.Integer({ minimum: 1 })]);

const element = <A extends string, D extends ReturnType<typeof Type.Object>>(action: A, data: D) =>
  Type.Object({ action: Type.Literal(action), ik, data }, strict);

const Elements = {
  CREATE_TRANSACTION: Type.Object(
    { action: Type.Literal('CREATE_TRANSACTION'), ik, data: CreateTransactionBody },
    strict,
  ),
  REVERT_TRANSACTION: element(
    'REVERT_TRANSACTION',
    Type.Object(
      {
        id: Id,
        force: Type.Optional(Type.Boolean()),
        atEffectiveDate: Type.Optional(Type.Boolean()),
        metadata: Type.Optional(MetadataInput),
      },
      strict,
    ),
  ),
  POST_HOLD: element('POST_HOLD', Type.Object({ id: Id, ...PostHoldBody.properties }, strict)),
  VOID_HOLD: element('VOID_HOLD', Type.Object({ id: Id }, strict)),
  ADD_METADATA: element(
    'ADD_METADATA',
    Type.Object({ targetType, targetId, metadata: MetadataInput }, strict),
  ),
  DELETE_METADATA: element(
    'DELETE_METADATA',
    Type.Object({ targetType, targetId, key: Type.String({ minLength: 1, maxLength: 128 }) }, strict),
  ),
} as const;

/** Body of `POST /v2/{ledger}/_bulk`. Elements are read one by one, so that each error has its place. */
export const BulkBody = Type.Array(Type.Union(Object.values(Elements)));

export type BulkAction = keyof typeof Elements;

type Data<A extends BulkAction> = Static<(typeof Elements)[A]>['data'];

const readers: { readonly [A in BulkAction]: (element: unknown) => Static<(typeof Elements)[A]> } = {
  CREATE_TRANSACTION: bodyReader(Elements.CREATE_TRANSACTION),
  REVERT_TRANSACTION: bodyReader(Elements.REVERT_TRANSACTION),
  POST_HOLD: bodyReader(Elements.POST_HOLD),
  VOID_HOLD: bodyReader(Elements.VOID_HOLD),
  ADD_METADATA: bodyReader(Elements.ADD_METADATA),
  DELETE_METADATA: bodyReader(Elements.DELETE_METADATA),
};

const translate: { readonly [A in BulkAction]: (data: Data<A>) => LedgerCommand } = {
  CREATE_TRANSACTION: (data) => fromBody(data),
  REVERT_TRANSACTION: (data) => {
    const { id, force = false, atEffectiveDate = false, metadata = {} } = data as RevertBody;
    return { type: 'RevertTransaction', transaction: { id }, force, atEffectiveDate, metadata };
  },
  POST_HOLD: (data) => {
    const { id, ...body } = data as { id: number };
    return toPostHold({ id }, body);
  },
  VOID_HOLD: (data) => ({ type: 'VoidHold', hold: { id: (data as { id: number }).id } }),
  ADD_METADATA: (data) => {
    const { metadata, ...target } = data as TargetBody & { metadata: Record<string, string> };
    return { type: 'SetMetadata', target: toTarget(target), metadata };
  },
  DELETE_METADATA: (data) => {
    const { key, ...target } = data as TargetBody & { key: string };
    return { type: 'DeleteMetadata', target: toTarget(target), key };
  },
};

interface RevertBody {
  readonly id: number;
  readonly force?: boolean;
  readonly atEffectiveDate?: boolean;
  readonly metadata?: Record<string, string>;
}

interface TargetBody {
  readonly targetType: 'ACCOUNT' | 'TRANSACTION';
  readonly targetId: string | number;
}

const toTarget = ({ targetType: type, targetId: id }: TargetBody): MetadataTarget => {
  if (type === 'TRANSACTION' && typeof id === 'number') return { kind: 'transaction', id };
  if (type === 'ACCOUNT' && typeof id === 'string' && isAddress(id)) return { kind: 'account', address: id };
  const msg = 'must be an account address, or the number of a transaction, as targetType says';
  throw malformed([{ loc: ['body', 'data', 'targetId'], msg, type: 'target' }]);
};

export interface BulkElement extends Submission {
  readonly action: BulkAction;
}

/** The request's key, and how the elements of the bulk stand together. */
export interface BulkKey {
  readonly key: string | undefined;
  readonly mode: GroupMode;
}

/**
 * Body of `POST /v2/{ledger}/_bulk`. An element without its own `ik` takes one from the request's key and its
 * place, so that a repeated bulk has its effect once, and another bulk or transaction with that key none.
 * @throws ProblemException `malformed`, `bulk-too-large`, `no-postings`
 */
export const toBulk = (body: unknown, limit: number, bulkKey: BulkKey): readonly BulkElement[] => {
  if (!Array.isArray(body))
    throw malformed([{ loc: ['body'], msg: 'must be an array of elements', type: 'array' }]);
  if (body.length > limit) {
    const detail = `A bulk has at most ${limit} elements; this one has ${body.length}`;
    throw new ProblemException('bulk-too-large', requestProblems['bulk-too-large'], detail);
  }
  const elements = body.map(toElement);
  const { key, mode } = bulkKey;
  return key === undefined ? elements : withBulkKey(elements, key, mode);
};

/** Stands between the bulk's key and the place of an element: no caller's own key can hold it. */
const SEPARATOR = '\u001f';

const withBulkKey = (
  elements: readonly BulkElement[],
  bulkKey: string,
  mode: GroupMode,
): readonly BulkElement[] => {
  const hash = createHash('sha256').update(mode);
  for (const { command } of elements) hash.update(SEPARATOR).update(canonicalCommand(command));
  const context = hash.digest('hex');
  const first = elements.findIndex(({ key }) => key === undefined);
  return elements.map((element, index) => {
    if (element.key !== undefined) return element;
    // The first one stands under the key itself, so that a transaction with the same key is told apart.
    return { ...element, key: index === first ? bulkKey : `${bulkKey}${SEPARATOR}${index}`, context };
  });
};

const toElement = (body: unknown, index: number): BulkElement => {
  const action = (body as { action?: unknown } | null)?.action;
  if (typeof action !== 'string' || !Object.hasOwn(readers, action)) {
    const msg = `must be one of ${Object.keys(readers).join(', ')}`;
    throw malformed([{ loc: ['body', index, 'action'], msg, type: 'enum' }]);
  }
  return within(index, () => {
    const read = readers[action as BulkAction](body);
    const command = (translate[read.action] as (data: unknown) => LedgerCommand)(read.data);
    const key = toKey(read.ik, ['body', 'ik']);
    return { action: read.action, command, ...(key === undefined ? {} : { key }) };
  });
};

/** Puts the element's place into the errors of its parts. */
const within = <T>(index: number, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    const errors = error instanceof ProblemException ? error.extras['errors'] : undefined;
    if (!Array.isArray(errors)) throw error;
    const { code, problem, detail, extras } = error as ProblemException;
    const placed = errors.map((each: { loc: [string]; msg: string; type: string }) => ({
      ...each,
      loc: ['body', index, ...each.loc.slice(1)],
    }));
    throw new ProblemException(code, problem, detail, { ...extras, errors: placed });
  }
};
