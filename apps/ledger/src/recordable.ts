import { canonicalCommand, type LedgerCommand, type Script } from '@defter/ledger-domain';
import { malformed, ProblemException } from '@defter/platform';
import { requestProblems } from './ledger.problems.js';

/**
 * A record of the event log's topic holds 900 KiB; an event carries its command and the balances after it,
 * and the turns of monitors, for which `engine/watched.ts` keeps 87 KiB.
 */
const MAX_EVENT_BYTES = 700 * 1024;
/** What the balances of one posting's two ends cost in a message, beside their names. */
const BALANCE_BYTES = 600;
/** What a posting costs beside its addresses: an asset, an amount of 78 digits, the punctuation. */
const POSTING_BYTES = 140;
const SMALL_POSTINGS = 50;

/** NUL and halves of surrogate pairs: JSON can say them, PostgreSQL's text and jsonb can't hold them. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/i;

/**
 * Refuses what could be decided but not stored, or stored but never told on Kafka, where it would stop the
 * ledger's publication for ever. @throws ProblemException `command-too-large`, `malformed`
 */
export const expectRecordable = (command: LedgerCommand): void => {
  if (isPlain(command)) return;
  const text = canonicalCommand(command);
  if (UNSTORABLE.test(text)) {
    const msg = 'must be text without NUL and without halves of surrogate pairs';
    throw malformed([{ loc: ['body'], msg, type: 'text' }]);
  }
  const bytes = Buffer.byteLength(text) + balanceBytes(command);
  if (bytes <= MAX_EVENT_BYTES) return;
  const detail = `The event would have about ${bytes} bytes; at most ${MAX_EVENT_BYTES} can be published`;
  throw new ProblemException('command-too-large', requestProblems['command-too-large'], detail);
};

/** Few postings and nothing of free form: the usual transfer, which needs no second look. */
const isPlain = (command: LedgerCommand): boolean =>
  command.type === 'CreateTransaction' &&
  command.postings.length <= SMALL_POSTINGS &&
  command.script === undefined &&
  command.reference === undefined &&
  command.accountMetadata === undefined &&
  Object.keys(command.metadata).length === 0;

/** What a script's postings and their balances can cost at most, whatever it will find. */
const scriptBytes = ({ balances, mostPostings }: Script): number => {
  const longest = balances.reduce((most, [account]) => Math.max(most, account.length), 0);
  return mostPostings * (2 * longest + POSTING_BYTES + BALANCE_BYTES);
};

const balanceBytes = (command: LedgerCommand): number => {
  if (command.type !== 'CreateTransaction') return 0;
  return command.postings.reduce(
    (sum, { source, destination }) => sum + source.length + destination.length + BALANCE_BYTES,
    command.script === undefined ? 0 : scriptBytes(command.script),
  );
};
