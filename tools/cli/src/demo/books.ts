import type { Amount } from '@defter/client';
import type { Stage } from './stage.js';

/** The books after the story, in kuruş, read over the public APIs. */
export interface Books {
  readonly accounts: ReadonlyMap<string, { readonly posted: bigint; readonly held: bigint }>;
  /** The same, added up from the ledger's log. */
  readonly folded: ReadonlyMap<string, bigint>;
  /** Idempotency keys of the log, each as often as it stands there. */
  readonly keys: readonly string[];
  readonly events: number;
}

interface LogData {
  readonly transaction?: { readonly status: string; readonly postings: readonly Movement[] };
  readonly hold?: { readonly change: string; readonly postings: readonly Movement[] };
}

interface Movement {
  readonly source: string;
  readonly destination: string;
  readonly amount: Amount;
}

/** Reads every balance and every event of the tenant's ledger. */
export const readBooks = async (stage: Stage): Promise<Books> => {
  const accounts = new Map<string, { posted: bigint; held: bigint }>();
  for await (const { account, posted, pendingOut } of stage.ledger.volumes(stage.tenant.ledger)) {
    accounts.set(account, { posted: BigInt(posted), held: BigInt(pendingOut) });
  }
  const folded = new Map<string, bigint>();
  const keys: string[] = [];
  let events = 0;
  for await (const log of stage.ledger.logs(stage.tenant.ledger)) {
    events += 1;
    if (log.idempotencyKey !== undefined) keys.push(log.idempotencyKey);
    for (const { source, destination, amount } of movedBy(log.data as LogData)) {
      folded.set(source, (folded.get(source) ?? 0n) - BigInt(amount));
      folded.set(destination, (folded.get(destination) ?? 0n) + BigInt(amount));
    }
  }
  return { accounts, folded, keys, events };
};

/** Only posted transactions and captured holds move money. */
const movedBy = ({ transaction, hold }: LogData): readonly Movement[] => {
  if (transaction !== undefined) return transaction.status === 'posted' ? transaction.postings : [];
  return hold?.change === 'HoldPosted' ? hold.postings : [];
};

/** Sum over the accounts that begin with the prefix. */
export const sumOf = ({ accounts }: Books, prefix: string, side: 'posted' | 'held' = 'posted'): bigint =>
  [...accounts].reduce(
    (sum, [account, balance]) => sum + (account.startsWith(prefix) ? balance[side] : 0n),
    0n,
  );

/** Accounts whose balance isn't the sum of their events. */
export const drifted = ({ accounts, folded }: Books): string[] =>
  [...new Set([...accounts.keys(), ...folded.keys()])].filter(
    (account) => (accounts.get(account)?.posted ?? 0n) !== (folded.get(account) ?? 0n),
  );
