import {
  decodeEvent,
  evolve,
  isAddress,
  isAssetCode,
  type LedgerEvent,
  type LedgerState,
  type Posting,
} from '@defter/ledger-domain';
import type { DraftEvent } from '../engine/draft.js';
import type { EventLine } from './import-line.wire.js';
import { wrongLine } from './lines.js';

/** An event of an import and the number of its line. */
export interface ImportedEvent {
  readonly number: number;
  readonly line: EventLine;
}

/** The event as the engine appends it; nothing is decided again. @throws ProblemException `malformed` */
export const toDraftEvent = ({ number, line }: ImportedEvent): DraftEvent => {
  const { id, date, idempotencyKey = null, defter } = line;
  const { type, payload, fingerprint } = defter;
  if ((idempotencyKey === null) !== (fingerprint === null)) {
    throw wrongLine(number, 'has an idempotency key without its fingerprint, or the other way round');
  }
  const decoded = decode(type as LedgerEvent['type'], payload, number);
  return {
    sequence: id,
    recordedAt: date,
    key: idempotencyKey,
    ...decoded,
    payload,
    fingerprint,
  };
};

const decode = (type: LedgerEvent['type'], payload: string, number: number) => {
  try {
    const decoded = decodeEvent(type, JSON.parse(payload));
    if (postingsOf(decoded.event).every(isSound)) return decoded;
  } catch {
    // Whatever it holds, it is no event; the line's number is all that helps.
  }
  throw wrongLine(number, 'has a payload that is no event');
};

const postingsOf = (event: LedgerEvent): readonly Posting[] => {
  if ('transaction' in event) return event.transaction.postings;
  return 'postings' in event ? event.postings : [];
};

const isSound = ({ source, destination, asset, amount }: Posting): boolean =>
  isAddress(source) && isAddress(destination) && isAssetCode(asset) && amount >= 0n;

/**
 * Applies the event to the state and compares the balances with those that it says it left.
 * @throws ProblemException `malformed`
 */
export const apply = (event: DraftEvent, number: number, state: LedgerState): void => {
  if ('transaction' in event.event && event.event.transaction.id !== state.lastTransactionId + 1) {
    throw wrongLine(number, `must have transaction ${state.lastTransactionId + 1}`);
  }
  evolve(state, event.event);
  for (const { account, asset, ...said } of event.after) {
    const { input, output, pendingIn, pendingOut } = state.balance(account, asset);
    const same =
      input === said.input &&
      output === said.output &&
      pendingIn === said.pendingIn &&
      pendingOut === said.pendingOut;
    if (!same) throw wrongLine(number, `says that it left ${account} with another balance of ${asset}`);
    // It happened, whatever the limits of today are.
    if (state.isBeyondLimit(account, asset)) state.excuse(account, asset);
  }
};
