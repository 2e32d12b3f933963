import { holdsCardNumber } from '@defter/kernel';
import type { LedgerCommand, LedgerEvent, Metadata, Posting } from '@defter/ledger-domain';
import { malformed } from '@defter/platform';

type Place = readonly (string | number)[];

/** What is said of a text that holds one; the text itself is repeated nowhere. */
export const CARD_NUMBER =
  'must hold no card number: send a token, or put a letter directly before the digits if they are none';

/** What a command would write, and under which key. */
interface Written {
  readonly command: LedgerCommand;
  readonly key?: string;
}

/**
 * Refuses card numbers in whatever a command would write: no ledger, log, message or backup is to hold one,
 * and what was recorded is never taken back. Only names of what exists already (the reference of a hold, a
 * metadata name that is deleted) may be one. @throws ProblemException `malformed`
 */
export const expectNoCardNumber = ({ command, key }: Written): void => {
  const place = placeInCommand(command) ?? (isCard(key) ? ['header', 'idempotency-key'] : undefined);
  if (place !== undefined) throw malformed([{ loc: place, msg: CARD_NUMBER, type: 'card-number' }]);
};

/** As `expectNoCardNumber`, for texts by name. @throws ProblemException `malformed` */
export const expectNoCardNumberIn = (texts: Metadata, at: Place): void => {
  const place = placeInTexts(texts, at);
  if (place !== undefined) throw malformed([{ loc: place, msg: CARD_NUMBER, type: 'card-number' }]);
};

/** Where a command has one; undefined where it has none. */
export const placeInCommand = (command: LedgerCommand): Place | undefined => {
  switch (command.type) {
    case 'CreateTransaction': {
      const { postings, script, reference, metadata, accountMetadata } = command;
      if (isCard(reference)) return ['body', 'reference'];
      if (script?.balances.some(([account]) => holdsCardNumber(account))) return ['body', 'script'];
      return (
        placeInPostings(postings) ??
        placeInTexts(metadata, ['body', 'metadata']) ??
        (accountMetadata && placeInAccounts(accountMetadata))
      );
    }
    case 'RevertTransaction':
      return placeInTexts(command.metadata, ['body', 'metadata']);
    case 'SetMetadata': {
      const { target, metadata } = command;
      if (target.kind === 'account' && isCard(target.address)) return ['path', 'address'];
      return placeInTexts(metadata, ['body']);
    }
    default:
      return undefined;
  }
};

/** Whether an event that was decided elsewhere has one. */
export const eventHoldsCardNumber = ({ event, key }: { event: LedgerEvent; key: string | null }): boolean => {
  if (key !== null && holdsCardNumber(key)) return true;
  const command = recordedBy(event);
  return command !== undefined && placeInCommand(command) !== undefined;
};

/** A command that would write what the event wrote; undefined for what only names what exists. */
const recordedBy = (event: LedgerEvent): LedgerCommand | undefined => {
  if ('transaction' in event)
    return { type: 'CreateTransaction', ...event.transaction, pending: false, force: true };
  if (event.type === 'MetadataSet')
    return { type: 'SetMetadata', target: event.target, metadata: event.metadata };
  return undefined;
};

const isCard = (text: string | undefined): boolean => text !== undefined && holdsCardNumber(text);

const placeInPostings = (postings: readonly Posting[]): Place | undefined => {
  for (const [index, { source, destination }] of postings.entries()) {
    if (holdsCardNumber(source)) return ['body', 'postings', index, 'source'];
    if (holdsCardNumber(destination)) return ['body', 'postings', index, 'destination'];
  }
  return undefined;
};

/** A name that is one stands in no answer: then the place is that of them all. */
const placeInTexts = (texts: Metadata, at: Place): Place | undefined => {
  for (const name in texts) {
    if (holdsCardNumber(name)) return at;
    if (isCard(texts[name])) return [...at, name];
  }
  return undefined;
};

const placeInAccounts = (accounts: Readonly<Record<string, Metadata>>): Place | undefined => {
  const at = ['body', 'accountMetadata'];
  for (const [account, metadata] of Object.entries(accounts)) {
    if (holdsCardNumber(account)) return at;
    const place = placeInTexts(metadata, [...at, account]);
    if (place !== undefined) return place;
  }
  return undefined;
};
