import type { Balance } from '@defter/ledger-domain';
import { isAddress, isAssetCode } from '@defter/ledger-domain';
import { malformed } from '@defter/platform';
import { toInstant } from '../instant.js';
import type { Entry, Volumes } from './running-balance.js';
import type { Clock } from './volumes-at.read.js';

type Query = Readonly<Record<string, string>>;

/** The address that the path names. @throws ProblemException `malformed` */
export const toAddress = (text = ''): string => {
  if (isAddress(text)) return text;
  const msg = 'must be segments [A-Za-z0-9_-]+ joined by ":"';
  throw malformed([{ loc: ['path', 'address'], msg, type: 'address' }]);
};

/** `effective` when nothing is said. @throws ProblemException `malformed` */
export const toClock = (text: string | undefined): Clock => {
  if (text === undefined || text === 'effective' || text === 'recorded') return text ?? 'effective';
  throw malformed([{ loc: ['query', 'clock'], msg: 'must be effective or recorded', type: 'enum' }]);
};

/** The instant of a parameter, or undefined. @throws ProblemException `malformed` */
export const toMoment = (query: Query, name: string): string | undefined => {
  const text = query[name];
  return text === undefined ? undefined : toInstant(text, ['query', name]);
};

/** An asset to keep to, or undefined. @throws ProblemException `malformed` */
export const toAsset = (text: string | undefined): string | undefined => {
  if (text === undefined || isAssetCode(text)) return text;
  throw malformed([{ loc: ['query', 'asset'], msg: 'must be an asset such as TRY/2', type: 'asset' }]);
};

/** Whether there is anything to show: an account that never had an asset has nothing in it. */
export const hasAny = ({ input, output, pendingIn, pendingOut }: Balance): boolean =>
  [input, output, pendingIn, pendingOut].some((amount) => amount !== 0n);

/** Volumes with their difference. */
export const volumesView = ({ input, output }: Volumes) => ({ input, output, balance: input - output });

/** A line of a statement: what the posting did to the account, and where that left it. */
export const entryView = (entry: Entry) => ({
  sequence: entry.sequence,
  position: entry.position,
  transactionId: entry.transactionId,
  timestamp: entry.effectiveAt,
  insertedAt: entry.recordedAt,
  source: entry.source,
  destination: entry.destination,
  asset: entry.asset,
  amount: BigInt(entry.amount),
  change: entry.effect.input - entry.effect.output,
  running: volumesView(entry.running),
});
