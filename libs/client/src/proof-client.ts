import { callApi, type Connection } from './http.js';
import { DefterProblem, DefterUnreachable } from './problem.js';

/** A public key by which checkpoints are verified; `key` is its verifier key. */
export interface CheckpointKey {
  readonly name: string;
  readonly id: string;
  readonly algorithm: 'Ed25519';
  readonly key: string;
  /** Whether new checkpoints are signed with it. */
  readonly signing: boolean;
}

/** A signed checkpoint. Only what the note says counts, and only after its signature was verified. */
export interface Checkpoint {
  /** How many batches it covers. */
  readonly size: number;
  readonly sequence: number;
  readonly origin: string;
  /** Base64. */
  readonly root: string;
  readonly signedAt: string;
  /** A signed note (C2SP tlog-checkpoint). */
  readonly note: string;
}

/** That an event is in the history that a checkpoint signs. Hashes are base64, paths go from the leaf up. */
export interface InclusionProof {
  readonly event: {
    readonly sequence: number;
    readonly type: string;
    readonly recordedAt: string;
    readonly idempotencyKey: string | null;
    /** Byte for byte what was committed. */
    readonly payload: string;
  };
  readonly batch: {
    readonly number: number;
    readonly firstSequence: number;
    readonly lastSequence: number;
    readonly previousHash: string;
    readonly path: readonly string[];
  };
  readonly checkpoint: { readonly size: number; readonly note: string; readonly path: readonly string[] };
}

/** That one checkpoint's history begins with the other's. */
export interface ConsistencyProof {
  readonly from: { readonly size: number; readonly note: string };
  readonly to: { readonly size: number; readonly note: string };
  readonly path: readonly string[];
}

/** A difference between the rows of a ledger and what they must be. */
export interface LedgerFinding {
  readonly table: string;
  readonly kind: 'missing' | 'unexpected' | 'differs';
  readonly at: Readonly<Record<string, string | number>>;
  readonly what?: string;
  readonly expected?: string | null;
  readonly found?: string | null;
}

/** One line of a verification. The last one has the summary; without it, the verification did not end. */
export interface VerificationLine {
  readonly progress?: { readonly phase: string; readonly done: number; readonly of?: number };
  readonly finding?: LedgerFinding;
  readonly summary?: {
    readonly sequence: number;
    readonly batches: number;
    readonly findings: number;
    readonly findingsByTable: Readonly<Record<string, number>>;
  };
  readonly failed?: string;
}

interface Page<T> {
  readonly cursor: { readonly data: readonly T[]; readonly next?: string };
}

/**
 * Proofs of a tenant's ledgers. It fetches them; verifying is the reader's own work
 * (docs/guides/verify-a-proof.md).
 */
export class ProofClient {
  constructor(private readonly connection: Connection) {}

  /** The public keys as the service tells them; an auditor compares them with what was given on paper. */
  keys(): Promise<readonly CheckpointKey[]> {
    return this.data('GET', '/v2/_checkpoint-keys');
  }

  /** The proof of the event that created a transaction. @throws DefterProblem `not-checkpointed` */
  ofTransaction(ledger: string, id: number, checkpoint?: number): Promise<InclusionProof> {
    return this.data('GET', `/v2/${ledger}/transactions/${id}/proof${by(checkpoint)}`);
  }

  /** The proof of an event. @throws DefterProblem `not-checkpointed` */
  ofLog(ledger: string, sequence: number, checkpoint?: number): Promise<InclusionProof> {
    return this.data('GET', `/v2/${ledger}/logs/${sequence}/proof${by(checkpoint)}`);
  }

  /** All checkpoints, newest first. */
  async *checkpoints(ledger: string): AsyncGenerator<Checkpoint> {
    let query = '?pageSize=100';
    for (;;) {
      const path = `/v2/${ledger}/checkpoints${query}`;
      const { cursor } = await callApi<Page<Checkpoint>>(this.connection, 'GET', path);
      yield* cursor.data;
      if (cursor.next === undefined) return;
      query = `?cursor=${cursor.next}`;
    }
  }

  checkpoint(ledger: string, size: number): Promise<Checkpoint> {
    return this.data('GET', `/v2/${ledger}/checkpoints/${size}`);
  }

  /** Signs the head now, where the service has the key. @throws DefterProblem `signing-key-missing` */
  sign(ledger: string): Promise<Checkpoint> {
    return this.data('POST', `/v2/${ledger}/checkpoints`);
  }

  /** That the checkpoint of size `to` continues the one of size `from`. */
  consistency(ledger: string, from: number, to: number): Promise<ConsistencyProof> {
    return this.data('GET', `/v2/${ledger}/checkpoints/${to}/consistency?from=${from}`);
  }

  /**
   * Has the service recompute the ledger from its rows, and tells the lines as they come. `held` is the
   * note of a checkpoint kept elsewhere. @throws DefterUnreachable when the stream breaks off
   */
  async *verify(ledger: string, held?: string): AsyncGenerator<VerificationLine> {
    const { url, token } = this.connection;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const body = JSON.stringify(held === undefined ? {} : { checkpoint: held });
    let ended = false;
    for await (const line of lines(`${url}/v2/${ledger}/verify`, { method: 'POST', headers, body })) {
      const parsed = JSON.parse(line) as VerificationLine;
      ended ||= parsed.summary !== undefined;
      yield parsed;
    }
    if (!ended) throw new DefterUnreachable('The verification broke off before its summary');
  }

  private async data<T>(method: string, path: string): Promise<T> {
    return (await callApi<{ data: T }>(this.connection, method, path)).data;
  }
}

const by = (checkpoint: number | undefined): string =>
  checkpoint === undefined ? '' : `?checkpoint=${checkpoint}`;

/** The lines of an answer as they arrive. */
async function* lines(url: string, init: RequestInit): AsyncGenerator<string> {
  const response = await reach(url, () => fetch(url, init));
  if (!response.ok || response.body === null) {
    const problem: unknown = await response.json().catch(() => undefined);
    const code = (problem as { code?: unknown } | undefined)?.code;
    throw new DefterProblem(response.status, typeof code === 'string' ? code : 'unknown', problem);
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reach(url, () => reader.read());
      if (done) break;
      const whole = `${rest}${value}`.split('\n');
      rest = whole.pop() ?? '';
      yield* whole;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  if (rest !== '') yield rest;
}

const reach = async <T>(url: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (cause) {
    throw new DefterUnreachable(`No whole answer from ${url}`, { cause });
  }
};
