import { callApi, type Connection } from './http.js';
import { DefterProblem } from './problem.js';

export type Amount = number | bigint;

export interface PostingInput {
  readonly source: string;
  readonly destination: string;
  /** Smallest units. */
  readonly amount: Amount;
  readonly asset: string;
}

export interface NewTransaction {
  readonly postings: readonly PostingInput[];
  readonly reference?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Reserves the funds instead of moving them. */
  readonly status?: 'pending';
  /** Seconds until a hold expires. */
  readonly expiresIn?: number;
}

export interface Transaction {
  readonly id: number;
  readonly status: 'posted' | 'pending' | 'captured' | 'voided' | 'expired';
  readonly postings: readonly PostingInput[];
  readonly reference?: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly timestamp: string;
}

export interface Balance {
  readonly asset: string;
  readonly posted: Amount;
  readonly pendingOut: Amount;
  readonly pendingIn: Amount;
  /** posted − open outgoing holds. */
  readonly available: Amount;
}

export interface AccountVolumes extends Balance {
  readonly account: string;
  readonly input: Amount;
  readonly output: Amount;
}

/** An element of a bulk; `ik` is its idempotency key. */
export interface BulkElement {
  readonly action: 'CREATE_TRANSACTION';
  readonly ik: string;
  readonly data: NewTransaction & { readonly force?: boolean };
}

/** What became of an element; `ERROR` for a refusal. */
export interface BulkResult {
  readonly responseType: string;
  readonly errorCode?: string;
  readonly errorDescription?: string;
}

interface Page<T> {
  readonly cursor: { readonly data: readonly T[]; readonly next?: string };
}

/** A tenant's ledgers over REST. */
export class LedgerClient {
  constructor(private readonly connection: Connection) {}

  /** Opens a ledger. @throws DefterProblem `ledger-already-exists` */
  open(ledger: string, rules: object = {}): Promise<void> {
    return callApi(this.connection, 'POST', `/v2/${ledger}`, { body: rules });
  }

  async createTransaction(
    ledger: string,
    transaction: NewTransaction,
    idempotencyKey: string,
  ): Promise<Transaction> {
    const call = { body: transaction, idempotencyKey };
    return (await callApi<{ data: Transaction }>(this.connection, 'POST', `/v2/${ledger}/transactions`, call))
      .data;
  }

  /**
   * Books elements in order, each by itself; what was refused stands in its result. @throws DefterProblem
   * when the bulk as a whole was refused
   */
  async bulk(ledger: string, elements: readonly BulkElement[]): Promise<readonly BulkResult[]> {
    const path = `/v2/${ledger}/_bulk?continueOnFailure=true`;
    try {
      return (await callApi<{ data: BulkResult[] }>(this.connection, 'POST', path, { body: elements })).data;
    } catch (error) {
      const { data } = (error instanceof DefterProblem ? error.body : {}) as { data?: BulkResult[] };
      if (data !== undefined) return data;
      throw error;
    }
  }

  /** The transaction with this reference; undefined when there is none. */
  async byReference(ledger: string, reference: string): Promise<Transaction | undefined> {
    const path = `/v2/${ledger}/transactions?reference=${encodeURIComponent(reference)}`;
    return (await callApi<Page<Transaction>>(this.connection, 'GET', path)).cursor.data[0];
  }

  /** Moves held funds: all that is left, or the given amounts. */
  async postHold(ledger: string, id: number, body: object, idempotencyKey: string): Promise<void> {
    await callApi(this.connection, 'POST', `/v2/${ledger}/transactions/${id}/post`, { body, idempotencyKey });
  }

  async voidHold(ledger: string, id: number, idempotencyKey: string): Promise<void> {
    await callApi(this.connection, 'POST', `/v2/${ledger}/transactions/${id}/void`, { idempotencyKey });
  }

  /** Balances of an account, one per asset; none for an account that was never used. */
  async balances(ledger: string, account: string): Promise<readonly Balance[]> {
    return (
      await callApi<{ data: Balance[] }>(this.connection, 'GET', `/v2/${ledger}/accounts/${account}/balances`)
    ).data;
  }

  /** All balances of the ledger. */
  volumes(ledger: string): AsyncGenerator<AccountVolumes> {
    return this.pages<AccountVolumes>(`/v2/${ledger}/volumes`);
  }

  /** All transactions, newest first. */
  transactions(ledger: string): AsyncGenerator<Transaction> {
    return this.pages<Transaction>(`/v2/${ledger}/transactions`);
  }

  /** What happened, newest first. */
  logs(ledger: string): AsyncGenerator<{ id: number; type: string; idempotencyKey?: string; data: unknown }> {
    return this.pages(`/v2/${ledger}/logs`);
  }

  private async *pages<T>(path: string): AsyncGenerator<T> {
    let cursor: string | undefined;
    do {
      const query = cursor === undefined ? '' : `&cursor=${cursor}`;
      const page = await callApi<Page<T>>(this.connection, 'GET', `${path}?pageSize=100${query}`);
      yield* page.cursor.data;
      cursor = page.cursor.next;
    } while (cursor !== undefined);
  }
}
