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

/** The text that is stored and hashed. `state` is the ledger right after the event. */
export const encodeEvent = (event: LedgerEvent, state: LedgerState, notes?: EventNotes): string =>
  encodeEventAfter(
    event,
    touchedBalances(event).map(([account, asset]) => state.balance(account, asset)),
    notes,
  );

/**
 * The same, with the balances after the event in the order of `touchedBalances`; `notes` are what its commit
 * found out.
 */
export const encodeEventAfter = (
  event: LedgerEvent,
  after: readonly Balance[],
  notes?: EventNotes,
): string => {
  const noted = notes === undefined ? '' : JSON.stringify(notesWire(notes)).slice(1, -1);
  return `{${body(event)},"after":[${after.map(afterText).join()}]${noted === '' ? '' : `,${noted}`}}`;
};

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

/** Members of the payload, without the braces: written by hand, because every transaction pays for it. */
const body = (event: LedgerEvent): string => {
  switch (event.type) {
    case 'TransactionCreated':
      return `"transaction":${transactionText(event.transaction)}`;
    case 'TransactionReverted': {
      const reverted = `"revertedTransactionId":${event.revertedTransactionId}`;
      return `"transaction":${transactionText(event.transaction)},${reverted}`;
    }
    case 'HoldPosted': {
      const released = event.released.map((amount) => `"${amount}"`).join();
      return `${holdText(event)},"released":[${released}],"closed":${event.closed}`;
    }
    case 'HoldVoided':
    case 'HoldExpired':
      return holdText(event);
    case 'MetadataSet':
      return `"target":${JSON.stringify(event.target)},"metadata":${JSON.stringify(event.metadata)}`;
    case 'MetadataDeleted':
      return `"target":${JSON.stringify(event.target)},"key":${JSON.stringify(event.key)}`;
    default:
      return assertNever(event);
  }
};

const holdText = (event: { transactionId: number; reference?: string; postings: readonly Posting[] }) => {
  const { transactionId, reference, postings } = event;
  const named = reference === undefined ? '' : `,"reference":${JSON.stringify(reference)}`;
  return `"transactionId":${transactionId}${named},"postings":${postingsText(postings)}`;
};

const transactionText = ({ postings, status, metadata, ...rest }: RecordedTransaction): string => {
  const pending = status === 'pending' ? ',"status":"pending"' : '';
  const described = hasMembers(metadata) ? `,"metadata":${JSON.stringify(metadata)}` : '';
  const members = JSON.stringify(rest).slice(0, -1);
  return `${members},"postings":${postingsText(postings)}${pending}${described}}`;
};

const hasMembers = (metadata: object): boolean => {
  for (const name in metadata) if (Object.hasOwn(metadata, name)) return true;
  return false;
};

const postingsText = (postings: readonly Posting[]): string => {
  let text = '';
  for (const { source, destination, asset, amount } of postings) {
    const names = `${JSON.stringify(source)},${JSON.stringify(destination)},${JSON.stringify(asset)}`;
    text += `${text === '' ? '' : ','}[${names},"${amount}"]`;
  }
  return `[${text}]`;
};

const afterText = ({ input, output, pendingIn, pendingOut }: Balance): string =>
  `["${input}","${output}","${pendingIn}","${pendingOut}"]`;

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
