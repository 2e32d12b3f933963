import type { InputError, Problem, ProblemShape } from '@defter/platform';
import { AMOUNTS_AS_TEXT, withAmountsAsText } from './amounts-as-text.js';
import type { EngineRefusal } from './engine/submission.js';

/** The error codes that published clients of ledgers of this shape can read; they fail on any other. */
type ErrorCode =
  | 'VALIDATION'
  | 'NO_POSTINGS'
  | 'METADATA_OVERRIDE'
  | 'COMPILATION_FAILED'
  | 'INSUFFICIENT_FUND'
  | 'LEDGER_NOT_FOUND'
  | 'NOT_FOUND'
  | 'LEDGER_ALREADY_EXISTS'
  | 'ALREADY_REVERT'
  | 'CONFLICT'
  | 'BULK_SIZE_EXCEEDED'
  | 'INTERNAL';

interface LedgerProblem extends Problem {
  readonly errorCode: ErrorCode;
}

/** Why a command was refused, as HTTP says it. */
export const refusalProblems = {
  'idempotency-key-conflict': {
    status: 409,
    errorCode: 'CONFLICT',
    title: 'The idempotency key was used with another body',
  },
  'reference-taken': {
    status: 409,
    errorCode: 'CONFLICT',
    title: 'The reference belongs to another transaction',
  },
  'transaction-unknown': { status: 404, errorCode: 'NOT_FOUND', title: 'There is no such transaction' },
  'ledger-closed': { status: 422, errorCode: 'VALIDATION', title: 'The ledger is closed' },
  'account-closed': { status: 422, errorCode: 'VALIDATION', title: 'The account is closed' },
  'account-unknown': {
    status: 422,
    errorCode: 'VALIDATION',
    title: 'The account is unknown to this strict ledger',
  },
  'not-a-hold': { status: 409, errorCode: 'CONFLICT', title: 'The transaction is not a hold' },
  'hold-already-posted': { status: 409, errorCode: 'CONFLICT', title: 'The hold was posted already' },
  'hold-already-voided': { status: 409, errorCode: 'CONFLICT', title: 'The hold was voided already' },
  'hold-expired': { status: 409, errorCode: 'CONFLICT', title: 'The hold expired' },
  'hold-not-due': { status: 409, errorCode: 'CONFLICT', title: 'The hold is not due yet' },
  'exceeds-hold': { status: 400, errorCode: 'VALIDATION', title: 'More than is held' },
  'already-reverted': {
    status: 400,
    errorCode: 'ALREADY_REVERT',
    title: 'The transaction was reverted already',
  },
  'not-revertible': { status: 409, errorCode: 'CONFLICT', title: 'A hold is voided, not reverted' },
  'condition-failed': {
    status: 422,
    errorCode: 'VALIDATION',
    title: 'A balance does not meet a condition of the request',
  },
  'effective-in-future': {
    status: 422,
    errorCode: 'VALIDATION',
    title: 'The effective time lies ahead of the clock of a ledger that checks every state',
  },
  'script-moves-nothing': {
    status: 400,
    errorCode: 'NO_POSTINGS',
    title: 'The script found nothing to move',
  },
  'amount-too-large': {
    status: 400,
    errorCode: 'VALIDATION',
    title: 'The script works out an amount of more than 78 digits',
  },
  'insufficient-funds': { status: 400, errorCode: 'INSUFFICIENT_FUND', title: 'Not enough funds' },
  'too-many-monitors': {
    status: 422,
    errorCode: 'VALIDATION',
    title: 'More monitors watch what it touches than one event can tell of',
  },
  'rolled-back': { status: 409, errorCode: 'CONFLICT', title: 'Another part of the atomic bulk was refused' },
  'not-executed': { status: 409, errorCode: 'CONFLICT', title: 'An earlier part of the bulk was refused' },
} satisfies Record<EngineRefusal['code'], LedgerProblem>;

/** What else the ledger's routes refuse. */
export const requestProblems = {
  'ledger-not-found': { status: 404, errorCode: 'LEDGER_NOT_FOUND', title: 'There is no such ledger' },
  'ledger-already-exists': {
    status: 400,
    errorCode: 'LEDGER_ALREADY_EXISTS',
    title: 'The ledger exists already',
  },
  'no-postings': { status: 400, errorCode: 'NO_POSTINGS', title: 'A transaction needs at least one posting' },
  'metadata-override': {
    status: 400,
    errorCode: 'METADATA_OVERRIDE',
    title: 'The script and the request set the same metadata',
  },
  'script-invalid': { status: 400, errorCode: 'COMPILATION_FAILED', title: 'The script cannot be run' },
  'limit-reached': { status: 422, errorCode: 'VALIDATION', title: 'A ledger has no room for more of these' },
  'history-in-future': {
    status: 409,
    errorCode: 'CONFLICT',
    title: 'A transaction takes effect later than now, so every state cannot be checked yet',
  },
  'bulk-too-large': { status: 413, errorCode: 'BULK_SIZE_EXCEEDED', title: 'The bulk has too many elements' },
  'command-too-large': {
    status: 413,
    errorCode: 'VALIDATION',
    title: 'The command is too large to be published',
  },
  'import-conflict': {
    status: 409,
    errorCode: 'CONFLICT',
    title: 'The ledger does not take this import',
  },
  'force-not-allowed': { status: 403, errorCode: 'VALIDATION', title: 'Forcing needs its own permission' },
  'not-checkpointed': { status: 409, errorCode: 'CONFLICT', title: 'No checkpoint covers it yet' },
  'nothing-to-sign': { status: 409, errorCode: 'CONFLICT', title: 'The ledger has no events yet' },
  'signing-key-missing': {
    status: 409,
    errorCode: 'CONFLICT',
    title: 'This process has no key to sign with',
  },
  'verification-runs': { status: 409, errorCode: 'CONFLICT', title: 'The ledger is being verified' },
  'history-broken': {
    status: 500,
    errorCode: 'INTERNAL',
    title: 'The rows are not those that were signed',
  },
} satisfies Record<string, LedgerProblem>;

const codes: Readonly<Record<string, LedgerProblem>> = { ...refusalProblems, ...requestProblems };

const byStatus = (status: number): ErrorCode => {
  if (status >= 500) return 'INTERNAL';
  if (status === 404) return 'NOT_FOUND';
  return status === 409 ? 'CONFLICT' : 'VALIDATION';
};

/** The error code of a problem; for what only Defter has, the nearest one that clients know. */
export const errorCodeOf = (code: string, status: number): ErrorCode =>
  codes[code]?.errorCode ?? byStatus(status);

/** `body.postings[0].amount`: where the input is wrong. */
const placeOf = (loc: InputError['loc']): string =>
  loc
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join('');

/** The first wrong place with its rule; how many more there are. */
const detailOf = ([first, ...others]: readonly InputError[]): string | undefined => {
  if (first === undefined) return undefined;
  const more = others.length === 0 ? '' : `; and ${others.length} more in errors`;
  return `${placeOf(first.loc)}: ${first.msg}${more}`;
};

/**
 * Adds `errorCode` and `errorMessage`, which clients of this shape read, to the standard problem body; what
 * is wrong with an input is named by its place.
 */
export const ledgerProblemShape: ProblemShape = (problem, { headers }) => {
  const detail = detailOf(problem.errors ?? []) ?? problem.detail;
  const body = {
    errorCode: errorCodeOf(problem.code, problem.status),
    errorMessage: detail ?? problem.title,
    ...problem,
    ...(detail === undefined ? {} : { detail }),
  };
  return headers[AMOUNTS_AS_TEXT] === 'true' ? (withAmountsAsText(body) as object) : body;
};
