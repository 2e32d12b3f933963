/** A stand beside a real ledger, with findings whose difference is known, and two people. */
import type { FindingDetail, ProposalView } from '@defter/reconciliation-contracts';
import { eventually } from '@defter/testing';
import { Book } from './book.js';
import { LossyProxy } from './lossy-proxy.js';
import { RealLedger } from './real-ledger.js';
import { type Answer, Stand } from './stand.js';

/** What the provider settled more than we expect. */
export const DIFFERENCE = 100;
const DAY = '2026-01-31';

type Options = NonNullable<Parameters<(typeof Stand)['start']>[0]>;

export class CorrectionStand {
  private keys = 0;

  private constructor(
    readonly stand: Stand,
    readonly ledger: RealLedger,
    readonly book: Book,
    /** On the way to the ledger's gRPC. */
    readonly proxy: LossyProxy,
  ) {}

  /** Every movement of the book has the difference; each customer has money in the real ledger. */
  static async start(size: number, options: Options = {}): Promise<CorrectionStand> {
    const ledger = await RealLedger.prepare();
    const fast = { CORRECTION_POLL: '50ms', CORRECTION_LEASE: '500ms', SERVICE_TIMEOUT: '1s' };
    const proxy = await LossyProxy.start(ledger.ports.grpc);
    const way = { LEDGER_GRPC_URL: `127.0.0.1:${proxy.port}` };
    const env = { ...ledger.env, ...way, ...fast, ...options.env };
    const stand = await Stand.start({ ...options, env });
    await ledger.start(stand.env['TENANTS_FILE'] ?? '');
    const book = new Book('c');
    for (let index = 0; index < size; index++) book.add(index);
    for (const line of book.lines) line.gross += BigInt(DIFFERENCE);
    await stand.know(book.events(), book.ledger);
    stand.shelf.put(DAY, book.text());
    const wallets = Array.from({ length: 20 }, (_, index) => [walletOf(index), 1_000] as const);
    await ledger.open(stand.tokens.operator, Object.fromEntries(wallets));
    return new CorrectionStand(stand, ledger, book, proxy);
  }

  async stop(): Promise<void> {
    await this.proxy.stop();
    await this.ledger.stop();
    await this.stand.stop();
  }

  /** The provider’s next version of its report: this movement's line has so much more than we expect. */
  reissue(index: number, difference: number): void {
    const operation = this.book.operations.get(`op_c_${index}`);
    const line = this.book.lines.find(({ operationId }) => operationId === operation?.operationId);
    if (operation === undefined || line === undefined) throw new Error(`no movement ${index}`);
    line.gross = BigInt(operation.amountMinor) + BigInt(difference);
    this.stand.shelf.put(DAY, this.book.text());
  }

  async findingOf(index: number): Promise<FindingDetail> {
    const found = await this.stand.findings('&type=amount_mismatch');
    const id = found.find(({ tx_id }) => tx_id === `op_c_${index}`)?.id;
    if (id === undefined) throw new Error(`movement ${index} has no finding`);
    return this.get(id);
  }

  async get(id: string, as = this.stand.tokens.ayse): Promise<FindingDetail> {
    const { body } = await this.stand.call('GET', `/findings/${id}`, { as });
    return body as unknown as FindingDetail;
  }

  post(
    path: string,
    body: unknown,
    options: { as?: string; key?: string; at?: string } = {},
  ): Promise<Answer> {
    return this.stand.call('POST', `/findings/${path}`, { body, key: `key-${++this.keys}`, ...options });
  }

  propose(id: string, change: object = {}, as = this.stand.tokens.ayse): Promise<Answer> {
    return this.post(`${id}/proposals`, { ...adjustment(0), ...change }, { as });
  }

  /** Proposed by Ayşe, approved by Mehmet. */
  async approved(index: number, entries = adjustment(index).entries): Promise<FindingDetail> {
    const { id } = await this.findingOf(index);
    const proposal = openOf((await this.propose(id, { entries })).body as unknown as FindingDetail);
    const { status, body } = await this.approve(proposal);
    if (status !== 200) throw new Error(JSON.stringify(body));
    return body as unknown as FindingDetail;
  }

  approve(
    { id, finding_id, payload_hash }: ProposalView,
    options: { as?: string; at?: string; hash?: string } = {},
  ): Promise<Answer> {
    const { hash = payload_hash, ...rest } = options;
    const who = { as: this.stand.tokens.mehmet, ...rest };
    return this.post(`${finding_id}/proposals/${id}/approve`, { payload_hash: hash }, who);
  }

  /** Once the finding's newest proposal has the status. */
  until(id: string, status: string): Promise<FindingDetail> {
    return eventually(
      async () => {
        const finding = await this.get(id);
        const { proposals } = finding;
        if (proposals.at(-1)?.status !== status) throw new Error(JSON.stringify({ finding, wanted: status }));
        return finding;
      },
      { timeoutMs: 30_000 },
    );
  }

  booked(id: string) {
    return this.ledger.bookedFor(id, this.stand.tokens.operator);
  }

  wallet(index: number): Promise<number> {
    return this.ledger.balance(walletOf(index), this.stand.tokens.operator);
  }
}

export const walletOf = (index: number): string => `users:u${index % 20}:main`;

/** From what the provider owes us to the customer. */
export const adjustment = (index: number, amount = DIFFERENCE) => ({
  resolution: 'post_adjustment',
  reason: 'The provider settled more',
  entries: [
    {
      ...{ source: 'psp:c_one:receivable', destination: walletOf(index) },
      ...{ amount: `${amount}`, asset: 'TRY/2' },
    },
  ],
});

/** The newest proposal. */
export function openOf({ proposals, ...finding }: FindingDetail): ProposalView {
  const last = proposals?.at(-1);
  if (last === undefined) throw new Error(`no proposal: ${JSON.stringify(finding)}`);
  return last;
}
