import { callApi, type Connection } from './http.js';

export interface Run {
  readonly id: string;
  readonly status: string;
  readonly counts: Readonly<Record<string, unknown>>;
  readonly failure: { readonly code: string; readonly detail: string } | null;
}

export interface Finding {
  readonly id: string;
  readonly finding_type: string;
  readonly severity: 'LOW' | 'MED' | 'HIGH';
  readonly status: string;
  readonly message: string;
  readonly action_sentence: string;
  readonly tx_id: string | null;
  readonly provider_ref: string | null;
}

export interface Summary {
  readonly open: Readonly<Record<'LOW' | 'MED' | 'HIGH', number>>;
  /** What reconciliation has heard of so far. */
  readonly known: {
    readonly operations: number;
    readonly journal: readonly { ledger: string; sequence: string }[];
  };
}

const BASE = '/api/v1/payments/reconciliation';

/** Reconciliation over REST. */
export class ReconciliationClient {
  constructor(private readonly connection: Connection) {}

  /** Runs reconciliation for a connection and waits for its end. */
  run(
    request: { provider: string; connection_id: string; business_on?: string; as_of?: string },
    idempotencyKey: string,
  ): Promise<Run> {
    return callApi(this.connection, 'POST', `${BASE}/run?wait=true`, { body: request, idempotencyKey });
  }

  /** Says how a connection is reconciled; what is left out is as usual. */
  async keepRule(
    { provider, id }: { readonly provider: string; readonly id: string },
    rule: { readonly settlement_lag_hours?: number; readonly mapping?: object },
  ): Promise<void> {
    await callApi(this.connection, 'PUT', `${BASE}/connections/${provider}/${id}/rule`, { body: rule });
  }

  summary(): Promise<Summary> {
    return callApi(this.connection, 'GET', `${BASE}/summary`);
  }

  async findings(query = ''): Promise<readonly Finding[]> {
    const found: Finding[] = [];
    let cursor: string | undefined;
    do {
      const path = `${BASE}/findings?page_size=100${query}${cursor === undefined ? '' : `&cursor=${cursor}`}`;
      const page = await callApi<{ data: Finding[]; next?: string }>(this.connection, 'GET', path);
      found.push(...page.data);
      cursor = page.next;
    } while (cursor !== undefined);
    return found;
  }

  resolve(id: string, resolution: string, note: string, idempotencyKey: string): Promise<Finding> {
    const body = { resolution, note };
    return callApi(this.connection, 'POST', `${BASE}/findings/${id}/resolve`, { body, idempotencyKey });
  }
}
