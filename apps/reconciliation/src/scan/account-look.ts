import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@defter/platform';
import type { Drift, Volumes } from '@defter/reconciliation-domain';
import { Journal } from '../journal/journal.js';
import { LedgerApi, type LedgerName } from '../ledger-api.js';
import { MOVES_OF_ONE, SUM_OF_ONE } from './fold.sql.js';
import { judge, statesOf } from './possible-states.js';

interface SumRow {
  readonly input: string;
  readonly output: string;
}

/** Looks at an account that moves all the time before its figures are given as they are. */
const LOOKS = 6;

export type Write = (work: (tx: Transaction) => Promise<void>) => Promise<void>;

const toVolumes = ({ input, output }: SumRow): Volumes => ({ input: BigInt(input), output: BigInt(output) });

/**
 * A second, exact look at one account while the ledger goes on: its balance is read between two readings of
 * the ledger's head, so it must be what the events say at one of the events in between.
 */
@Injectable()
export class AccountLook {
  constructor(
    private readonly database: Database,
    private readonly ledger: LedgerApi,
    private readonly journal: Journal,
  ) {}

  /** The drift of the account, or nothing when it agrees with its events. @throws Fault */
  async drift(
    name: LedgerName,
    { account, asset }: { readonly account: string; readonly asset: string },
    write: Write,
  ): Promise<Drift | undefined> {
    for (let looks = 1; ; looks++) {
      const from = await this.ledger.head(name);
      const actual = await this.ledger.balance(name, account, asset);
      const to = await this.ledger.head(name);
      await this.reach(name, to, write);
      const states = await this.states(name, { account, asset, from, to });
      const verdict = judge(actual, states);
      if (verdict === 'agrees') return undefined;
      const expected = states.at(-1) ?? { input: 0n, output: 0n };
      const found = { ledger: name.ledger, account, asset, of: 'balance', expected, actual } as const;
      if (verdict === 'drifts') return { ...found, moving: false };
      if (looks === LOOKS) return { ...found, moving: true };
    }
  }

  /** Brings the journal here up to an event, from the ledger where the topic is late. */
  async reach(name: LedgerName, to: bigint, write: Write): Promise<void> {
    let position = await this.journal.position(name.tenantId, name.ledger);
    while (position < to) position = await this.journal.readOn({ ...name, from: position + 1n, to }, write);
  }

  private async states(
    { tenantId, ledger }: LedgerName,
    { account, asset, from, to }: { account: string; asset: string; from: bigint; to: bigint },
  ): Promise<Volumes[]> {
    const whose = [tenantId, ledger, account, asset];
    const [before] = await this.database.query<SumRow>(SUM_OF_ONE, [...whose, from]);
    const moves = await this.database.query<SumRow>(MOVES_OF_ONE, [...whose, from, to]);
    return statesOf(toVolumes(before ?? { input: '0', output: '0' }), moves.map(toVolumes));
  }
}
