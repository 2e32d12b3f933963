/**
 * The stored form of an event, version 1. Short, because every transaction pays for it: a posting is
 * `[source, destination, asset, amount]`, the balances after the event are `[input, output, pendingIn,
 * pendingOut]` in the order of `touchedBalances`, amounts are decimal text, and members with their usual
 * value are left out.
 */
import { assertNever } from '@defter/kernel';
import { type LedgerEvent, type RecordedTransaction, touchedBalances } from './event.js';
import type { Balance } from './balance.js';
import type { EventNotes } from './event-notes.js';
import type { LedgerState } from './ledger-state.js';
import type { Mismatch } from './mismatch.js';
import type { MonitorTurn } from './monitor.js';
import type { Posting } from './posting.js';

export const EVENT_SCHEMA_VERSION = 1;

/** Money of one account in one asset right after an event. */
export interface BalanceAfter {
  readonly account: string;
  readonly asset: string;
  readonly input: bigint;
  readonly output: bigint;
  readonly pendingIn: bigint;
  readonly pendingOut: bigint;
}

export interface DecodedEvent extends EventNotes {
  readonly event: LedgerEvent;
  readonly after: readonly BalanceAfter[];
}

type PostingWire = [source: string, destination: string, asset: string, amount: string];
type MismatchWire = [account: string, asset: string, expected: string, actual: string];
type AfterWire = [input: string, output: string, pendingIn: string, pendingOut: string];

type TransactionWire = Omit<RecordedTransaction, 'postings' | 'status' | 'metadata'> & {
  postings: PostingWire[];
  status?: 'pending';
  metadata?: Record<string, string>;
};

/**
 * The text that is stored and hashed. `state` is the ledger right after the event, `notes` what its commit
 * found out.
 */
export const encodeEvent = (event: LedgerEvent, state: LedgerState, notes?: EventNotes): string =>
  JSON.stringify({
    ...body(event),
    after: touchedBalances(event).map(([account, asset]) => afterWire(state.balance(account, asset))),
    ...(notes === undefined ? undefined : notesWire(notes)),
  });

const notesWire = ({ monitors, mismatches }: EventNotes) => ({
  ...(monitors === undefined ? {} : { monitors }),
  ...(mismatches === undefined ? {} : { mismatches: mismatches.map(mismatchWire) }),
});

const mismatchWire = ({ account, asset, expected, actual }: Mismatch): MismatchWire => [
  account,
  asset,
  expected.toString(),
  actual.toString(),
];

const body = (event: LedgerEvent): object => {
  switch (event.type) {
    case 'TransactionCreated':
      return { transaction: transactionWire(event.transaction) };
    case 'TransactionReverted':
      return {
        transaction: transactionWire(event.transaction),
        revertedTransactionId: event.revertedTransactionId,
      };
    case 'HoldPosted':
      return { ...holdWire(event), released: event.released.map(String), closed: event.closed };
    case 'HoldVoided':
    case 'HoldExpired':
      return holdWire(event);
    case 'MetadataSet':
      return { target: event.target, metadata: event.metadata };
    case 'MetadataDeleted':
      return { target: event.target, key: event.key };
    default:
      return assertNever(event);
  }
};

const holdWire = (event: { transactionId: number; reference?: string; postings: readonly Posting[] }) => ({
  transactionId: event.transactionId,
  ...(event.reference === undefined ? {} : { reference: event.reference }),
  postings: event.postings.map(postingWire),
});

const transactionWire = ({ postings, status, metadata, ...rest }: RecordedTransaction): TransactionWire => ({
  ...rest,
  postings: postings.map(postingWire),
  ...(status === 'pending' ? { status } : {}),
  ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
});

const postingWire = ({ source, destination, asset, amount }: Posting): PostingWire => [
  source,
  destination,
  asset,
  amount.toString(),
];

const afterWire = ({ input, output, pendingIn, pendingOut }: Balance): AfterWire => [
  input.toString(),
  output.toString(),
  pendingIn.toString(),
  pendingOut.toString(),
];

interface PayloadWire {
  transaction: TransactionWire;
  revertedTransactionId: number;
  transactionId: number;
  reference?: string;
  postings: PostingWire[];
  released: string[];
  closed: boolean;
  target: Extract<LedgerEvent, { type: 'MetadataSet' }>['target'];
  metadata: Record<string, string>;
  key: string;
  after: AfterWire[];
  monitors?: MonitorTurn[];
  mismatches?: MismatchWire[];
}

/** Reads a stored event back. `payload` is the parsed JSON of a row whose type is `type`. */
export const decodeEvent = (type: LedgerEvent['type'], payload: unknown): DecodedEvent => {
  const wire = payload as PayloadWire;
  const event = read(type, wire);
  const after = touchedBalances(event).map(([account, asset], index) => {
    const [input = '0', output = '0', pendingIn = '0', pendingOut = '0'] = wire.after[index] ?? [];
    return {
      account,
      asset,
      input: BigInt(input),
      output: BigInt(output),
      pendingIn: BigInt(pendingIn),
      pendingOut: BigInt(pendingOut),
    };
  });
  return { event, after, ...readNotes(wire) };
};

const readNotes = ({ monitors, mismatches }: PayloadWire): EventNotes => ({
  ...(monitors === undefined ? {} : { monitors }),
  ...(mismatches === undefined ? {} : { mismatches: mismatches.map(readMismatch) }),
});

const readMismatch = ([account, asset, expected, actual]: MismatchWire): Mismatch => ({
  account,
  asset,
  expected: BigInt(expected),
  actual: BigInt(actual),
});

const read = (type: LedgerEvent['type'], wire: PayloadWire): LedgerEvent => {
  switch (type) {
    case 'TransactionCreated':
      return { type, transaction: readTransaction(wire.transaction) };
    case 'TransactionReverted':
      return {
        type,
        transaction: readTransaction(wire.transaction),
        revertedTransactionId: wire.revertedTransactionId,
      };
    case 'HoldPosted':
      return { type, ...readHold(wire), released: wire.released.map(BigInt), closed: wire.closed };
    case 'HoldVoided':
    case 'HoldExpired':
      return { type, ...readHold(wire) };
    case 'MetadataSet':
      return { type, target: wire.target, metadata: wire.metadata };
    case 'MetadataDeleted':
      return { type, target: wire.target, key: wire.key };
    default:
      return assertNever(type);
  }
};

const readHold = ({ transactionId, reference, postings }: PayloadWire) => ({
  transactionId,
  ...(reference === undefined ? {} : { reference }),
  postings: postings.map(readPosting),
});

const readTransaction = ({ postings, status, metadata, ...rest }: TransactionWire): RecordedTransaction => ({
  ...rest,
  status: status ?? 'posted',
  metadata: metadata ?? {},
  postings: postings.map(readPosting),
});

const readPosting = ([source, destination, asset, amount]: PostingWire): Posting => ({
  source,
  destination,
  asset,
  amount: BigInt(amount),
});
