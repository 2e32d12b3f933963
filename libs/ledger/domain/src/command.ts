import type { BalanceCondition } from './balance-condition.js';
import type { ExpectedBalance } from './mismatch.js';
import type { Posting } from './posting.js';
import type { Script } from './script.js';

export type Metadata = Readonly<Record<string, string>>;

export interface CreateTransaction {
  readonly type: 'CreateTransaction';
  /** None when a script works them out. */
  readonly postings: readonly Posting[];
  readonly script?: Script;
  readonly reference?: string;
  /** Effective time; absent means the time of recording. */
  readonly timestamp?: string;
  readonly metadata: Metadata;
  readonly accountMetadata?: Readonly<Record<string, Metadata>>;
  /** True reserves the funds (a hold) instead of moving them. */
  readonly pending: boolean;
  /** Seconds after which an open hold expires. */
  readonly expiresInSeconds?: number;
  /** Skips the funds check; needs its own permission. */
  readonly force: boolean;
  /** Must all be met by the balances before the transaction; absent is none. */
  readonly conditions?: readonly BalanceCondition[];
  /** What another balance source says after the same command; a difference is noted and refuses nothing. */
  readonly expectedBalances?: readonly ExpectedBalance[];
}

/** Names a transaction by its number or by its reference. */
export type TransactionName = { readonly id: number } | { readonly reference: string };

/** Moves held funds: everything that is left, or the given amounts by source and asset. */
export interface PostHold {
  readonly type: 'PostHold';
  readonly hold: TransactionName;
  readonly amounts?: readonly { readonly source: string; readonly asset: string; readonly amount: bigint }[];
  readonly remainder: 'release' | 'keep';
}

export interface VoidHold {
  readonly type: 'VoidHold';
  readonly hold: TransactionName;
}

/** Written by the ledger's own timer; refused while the hold isn't due. */
export interface ExpireHold {
  readonly type: 'ExpireHold';
  readonly hold: TransactionName;
}

export interface RevertTransaction {
  readonly type: 'RevertTransaction';
  readonly transaction: TransactionName;
  readonly force: boolean;
  readonly atEffectiveDate: boolean;
  readonly metadata: Metadata;
}

export type MetadataTarget =
  | { readonly kind: 'account'; readonly address: string }
  | { readonly kind: 'transaction'; readonly id: number };

export interface SetMetadata {
  readonly type: 'SetMetadata';
  readonly target: MetadataTarget;
  readonly metadata: Metadata;
}

export interface DeleteMetadata {
  readonly type: 'DeleteMetadata';
  readonly target: MetadataTarget;
  readonly key: string;
}

export type LedgerCommand =
  CreateTransaction | PostHold | VoidHold | ExpireHold | RevertTransaction | SetMetadata | DeleteMetadata;

const saysItself = (value: object): value is { toJSON(): unknown } =>
  'toJSON' in value && typeof value.toJSON === 'function';

const canonical = (value: unknown): string => {
  if (typeof value === 'bigint') return `"${value}"`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  // A script says itself what makes it the same as another one.
  if (saysItself(value)) return canonical(value.toJSON());
  let text = '';
  for (const name of Object.keys(value).sort()) {
    const member = (value as Record<string, unknown>)[name];
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${canonical(member)}`;
  }
  return `{${text}}`;
};

/**
 * The command as one text that is equal for equal commands, whichever way they came (REST, gRPC, Kafka;
 * amounts as numbers or text; members in any order). The fingerprint of an idempotency key is its hash.
 */
export const canonicalCommand = (command: LedgerCommand): string => canonical(command);
