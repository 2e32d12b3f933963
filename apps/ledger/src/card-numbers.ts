import { holdsCardNumber } from '@defter/kernel';
import type { LedgerCommand, LedgerEvent, Metadata, Posting } from '@defter/ledger-domain';
import { malformed, type ProblemException } from '@defter/platform';

export type Place = readonly (string | number)[];

/** What is said of a text that holds one; the text itself is repeated nowhere. */
export const CARD_NUMBER =
  'must hold no card number: send a token, or put a letter directly before the digits if they are none';

/** Whether an account is there already: its address was taken before, and its money must be able to move. */
type IsThere = (address: string) => boolean;

const nothingIsThere: IsThere = () => false;

/** A text of the input that holds one. */
export const cardNumberAt = (loc: Place): ProblemException =>
  malformed([{ loc, msg: CARD_NUMBER, type: 'card-number' }]);

/**
 * Where a command or its key would write one; undefined where they would not. No ledger, log, message or
 * backup is to hold one, and what was recorded is never taken back. Only names of what exists already (an
 * account, the reference of a hold, a metadata name that is deleted) may be one.
 */
export const placeInSubmission = (
  { command, key }: { readonly command: LedgerCommand; readonly key?: string },
  isThere: IsThere = nothingIsThere,
): Place | undefined =>
  placeInCommand(command, isThere) ?? (isCard(key) ? ['header', 'idempotency-key'] : undefined);

/** The addresses in a command that hold one. */
export const cardAddressesIn = (command: LedgerCommand): readonly string[] => {
  const found: string[] = [];
  // Each is noted and let pass, so that the next one is looked at.
  placeInAddresses(command, (address) => found.push(address) > 0);
  return found;
};

/** For texts by name. @throws ProblemException `malformed` */
export const expectNoCardNumberIn = (texts: Metadata, at: Place): void => {
  const place = placeInTexts(texts, at);
  if (place !== undefined) throw cardNumberAt(place);
};

const placeInCommand = (command: LedgerCommand, isThere: IsThere): Place | undefined =>
  placeInAddresses(command, isThere) ?? placeInTextsOf(command);

const placeInTextsOf = (command: LedgerCommand): Place | undefined => {
  switch (command.type) {
    case 'CreateTransaction': {
      const { reference, metadata, accountMetadata = {} } = command;
      if (isCard(reference)) return ['body', 'reference'];
      return placeInTexts(metadata, ['body', 'metadata']) ?? placeInAccountTexts(accountMetadata);
    }
    case 'RevertTransaction':
      return placeInTexts(command.metadata, ['body', 'metadata']);
    case 'SetMetadata':
      return placeInTexts(command.metadata, ['body']);
    default:
      return undefined;
  }
};

const placeInAddresses = (command: LedgerCommand, isThere: IsThere): Place | undefined => {
  const isNew = (address: string): boolean => holdsCardNumber(address) && !isThere(address);
  switch (command.type) {
    case 'CreateTransaction': {
      const { postings, script, accountMetadata } = command;
      if (script?.balances.some(([account]) => isNew(account))) return ['body', 'script'];
      const place = placeInPostings(postings, isNew);
      if (place !== undefined || accountMetadata === undefined) return place;
      return Object.keys(accountMetadata).some(isNew) ? ['body', 'accountMetadata'] : undefined;
    }
    case 'SetMetadata': {
      const { target } = command;
      return target.kind === 'account' && isNew(target.address) ? ['path', 'address'] : undefined;
    }
    default:
      return undefined;
  }
};

/** Whether an event that was decided elsewhere has one. */
export const eventHoldsCardNumber = ({ event, key }: { event: LedgerEvent; key: string | null }): boolean => {
  if (key !== null && holdsCardNumber(key)) return true;
  const command = recordedBy(event);
  return command !== undefined && placeInCommand(command, nothingIsThere) !== undefined;
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

const placeInPostings = (
  postings: readonly Posting[],
  isNew: (address: string) => boolean,
): Place | undefined => {
  for (const [index, { source, destination }] of postings.entries()) {
    if (isNew(source)) return ['body', 'postings', index, 'source'];
    if (isNew(destination)) return ['body', 'postings', index, 'destination'];
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

/** An address that is one is in no answer either, though its account may be there. */
const placeInAccountTexts = (accounts: Readonly<Record<string, Metadata>>): Place | undefined => {
  const at = ['body', 'accountMetadata'];
  for (const [account, metadata] of Object.entries(accounts)) {
    const place = placeInTexts(metadata, holdsCardNumber(account) ? at : [...at, account]);
    if (place !== undefined) return place;
  }
  return undefined;
};
