import type {
  CreateTransactionRequest,
  PostHoldRequest,
  RevertRequest,
  SubmitRequest,
  VoidHoldRequest,
} from '@defter/ledger-contracts';
import type { LedgerCommand, TransactionName } from '@defter/ledger-domain';
import { malformed } from '@defter/platform';
import type { Submission } from '../engine/submission.js';
import { toPostHold } from '../holds/hold.wire.js';
import { toKey } from '../ledger-request.js';
import { toTransactionId } from '../transaction-id.js';
import { toCreateTransaction } from '../transactions/transaction.wire.js';

/** What every write names. */
export interface WriteRequest {
  readonly ledger: string;
  readonly idempotencyKey: string;
}

/** The commands that a stream may carry, by their member of the message. */
export type CommandKind = Exclude<keyof SubmitRequest, 'correlation'>;

/** The request of each of them. */
export type Requests = { readonly [K in CommandKind]: NonNullable<SubmitRequest[K]> };

/** Text of zero length is how protobuf says that there is none. */
const given = <N extends string>(name: N, text: string | undefined): { [K in N]?: string } =>
  text ? ({ [name]: text } as { [K in N]?: string }) : {};

const toCommands: { readonly [K in CommandKind]: (request: Requests[K]) => LedgerCommand } = {
  createTransaction: (request: CreateTransactionRequest) => {
    const { postings, metadata, pending = false, expiresInSeconds, accountMetadata = {} } = request;
    const notes = Object.entries(accountMetadata).map(
      ([account, { values = {} }]) => [account, values] as const,
    );
    return toCreateTransaction({
      postings,
      metadata: metadata ?? {},
      ...given('reference', request.reference),
      ...given('timestamp', request.timestamp),
      ...(notes.length === 0 ? {} : { accountMetadata: Object.fromEntries(notes) }),
      ...(pending ? { status: 'pending' } : {}),
      ...(expiresInSeconds ? { expiresIn: expiresInSeconds } : {}),
      ...(request.force === true ? { force: true } : {}),
      ...(request.conditions === undefined ? {} : { conditions: request.conditions }),
      ...(request.expectedBalances === undefined ? {} : { expectedBalances: request.expectedBalances }),
    });
  },
  postHold: (request: PostHoldRequest) => {
    const { amounts = [], keepRemainder = false } = request;
    const remainder = keepRemainder ? 'keep' : 'release';
    return toPostHold(holdOf(request), { ...(amounts.length > 0 ? { amounts } : {}), remainder });
  },
  voidHold: (request: VoidHoldRequest) => ({ type: 'VoidHold', hold: holdOf(request) }),
  revert: (request: RevertRequest) => ({
    type: 'RevertTransaction',
    transaction: transactionOf(request),
    force: request.force ?? false,
    atEffectiveDate: request.atEffectiveDate ?? false,
    metadata: request.metadata ?? {},
  }),
};

/** A request as the engine takes it; it must name a key. @throws ProblemException `malformed` and others */
export const toSubmission = <K extends CommandKind>(kind: K, request: Requests[K]): Submission => {
  const key = toKey(request.idempotencyKey, ['idempotency_key']);
  if (key === undefined) throw required('idempotency_key');
  return { command: toCommands[kind](request), key };
};

/** Which command a message of a stream carries. @throws ProblemException when it carries none */
export const commandOf = (message: SubmitRequest): { kind: CommandKind; request: WriteRequest } => {
  for (const kind of Object.keys(toCommands) as CommandKind[]) {
    const request = message[kind];
    if (request) return { kind, request };
  }
  throw required('command');
};

const holdOf = ({ reference }: { reference: string }): TransactionName => {
  if (reference === '') throw required('reference');
  return { reference };
};

const transactionOf = ({ transactionId, reference }: RevertRequest): TransactionName => {
  if (reference) return { reference };
  if (!transactionId || transactionId === '0') throw required('transaction');
  return { id: toTransactionId(transactionId) };
};

const required = (name: string) => malformed([{ loc: [name], msg: 'is required', type: 'required' }]);
