import { Inject, Injectable } from '@nestjs/common';
import {
  canonicalJson,
  CONFIG,
  Fault,
  listMember,
  memberOf,
  textMember,
  writtenMember,
} from '@defter/platform';
import type { Volumes } from '@defter/reconciliation-domain';
import type { Config } from './config.js';
import { ServiceApi } from './service-api.js';

/** What the ledger says that an account holds in an asset. */
export interface LedgerBalance extends Volumes {
  readonly account: string;
  readonly asset: string;
}

export interface BalancePage {
  readonly balances: readonly LedgerBalance[];
  /** Absent on the last page. */
  readonly next?: string;
}

/** What the entries of some events add up to. */
export interface EntrySums {
  /** The last event that is in them. */
  readonly through: bigint;
  readonly sums: readonly LedgerBalance[];
}

/** Which ledger of whom. */
export interface LedgerName {
  readonly tenantId: string;
  readonly ledger: string;
}

/** A posting; the amount in the smallest unit, as text. */
export interface Moved {
  readonly source: string;
  readonly destination: string;
  readonly amount: string;
  readonly asset: string;
}

const PAGE = 100;
const VERIFY_TIMEOUT_MS = 6 * 3_600_000;

/** The ledger's REST API, as far as jobs read it. */
@Injectable()
export class LedgerApi {
  constructor(
    private readonly api: ServiceApi,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** The number of the last event; 0 for a ledger that isn't open yet. @throws Fault */
  async head({ tenantId, ledger }: LedgerName): Promise<bigint> {
    const answer = await this.api.ask({ tenantId, url: `${this.at(ledger)}/logs?pageSize=1` });
    if (answer === undefined) return 0n;
    const [newest] = listMember(memberOf(answer, 'cursor'), 'data');
    return BigInt(writtenMember(newest, 'id') ?? '0');
  }

  /** Balances in the order of account and asset, byte by byte. @throws Fault */
  async balances({ tenantId, ledger }: LedgerName, cursor?: string): Promise<BalancePage> {
    const from = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const url = `${this.at(ledger)}/volumes?pageSize=${PAGE}${from}`;
    const page = memberOf(await this.api.ask({ tenantId, url }), 'cursor');
    const next = textMember(page, 'next');
    const balances = listMember(page, 'data').map(toBalance);
    return next === undefined || memberOf(page, 'hasMore') === false ? { balances } : { balances, next };
  }

  /**
   * What one account holds in an asset now; nothing where it never had any. From the list of balances: an
   * account that somebody has put money into by hand is in that, and in no other. @throws Fault
   */
  async balance({ tenantId, ledger }: LedgerName, account: string, asset: string): Promise<Volumes> {
    const query = encodeURIComponent(JSON.stringify({ $match: { account } }));
    for (let cursor = ''; ;) {
      const url = `${this.at(ledger)}/volumes?pageSize=${PAGE}&query=${query}${cursor}`;
      const page = memberOf(await this.api.ask({ tenantId, url }), 'cursor');
      const found = listMember(page, 'data').find((each) => textMember(each, 'asset') === asset);
      if (found !== undefined) return toVolumes(found);
      const next = textMember(page, 'next');
      if (next === undefined || memberOf(page, 'hasMore') === false) return { input: 0n, output: 0n };
      cursor = `&cursor=${encodeURIComponent(next)}`;
    }
  }

  /** Of events from one on up to another, or to as many as the ledger adds up at once. @throws Fault */
  async entrySums({ tenantId, ledger }: LedgerName, from: bigint, to: bigint): Promise<EntrySums> {
    const url = `${this.at(ledger)}/entries/sums?from=${from}&to=${to}`;
    const data = memberOf(await this.api.ask({ tenantId, url }), 'data');
    const through = BigInt(writtenMember(data, 'through') ?? '0');
    if (through < from) throw new Fault('service-unreadable', `The ledger has no entries of event ${from}`);
    return { through, sums: listMember(data, 'sums').map(toBalance) };
  }

  /**
   * The transaction of a reference, if it moves exactly these postings. @throws Fault
   */
  async transactionWith(
    { tenantId, ledger }: LedgerName,
    reference: string,
    postings: readonly Moved[],
  ): Promise<string | undefined> {
    const query = encodeURIComponent(JSON.stringify({ $match: { reference } }));
    const url = `${this.at(ledger)}/transactions?query=${query}`;
    const answer = await this.api.ask({ tenantId, url });
    const [found] = listMember(memberOf(answer, 'cursor'), 'data');
    if (found === undefined || textMember(found, 'reference') !== reference) return undefined;
    const isPending = textMember(found, 'status') === 'pending';
    const isSame = canonicalJson(listMember(found, 'postings').map(toMoved)) === canonicalJson(postings);
    return isSame && !isPending ? writtenMember(found, 'id') : undefined;
  }

  /** The lines of a verification: `{progress}`, `{finding}`, and as the last `{summary}`. @throws Fault */
  verification({ tenantId, ledger }: LedgerName): Promise<unknown[]> {
    const url = `${this.at(ledger)}/verify`;
    return this.api.lines({ tenantId, url, method: 'POST', timeoutMs: VERIFY_TIMEOUT_MS });
  }

  private at(ledger: string): string {
    return `${this.config.ledgerUrl}/v2/${ledger}`;
  }
}

const toMoved = (posting: unknown): Moved => ({
  source: textMember(posting, 'source') ?? '',
  destination: textMember(posting, 'destination') ?? '',
  amount: writtenMember(posting, 'amount') ?? '',
  asset: textMember(posting, 'asset') ?? '',
});

function toBalance(view: unknown): LedgerBalance {
  const [account, asset] = [textMember(view, 'account'), textMember(view, 'asset')];
  if (account === undefined || asset === undefined)
    throw new Fault('service-unreadable', 'The ledger gave a balance without account or asset');
  return { account, asset, ...toVolumes(view) };
}

function toVolumes(view: unknown): Volumes {
  const [input, output] = [writtenMember(view, 'input'), writtenMember(view, 'output')];
  if (input === undefined || output === undefined)
    throw new Fault('service-unreadable', 'The ledger gave a balance without input or output');
  return { input: BigInt(input), output: BigInt(output) };
}
