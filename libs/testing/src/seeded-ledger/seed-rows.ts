import {
  chainedHead,
  encodeEvent,
  EVENT_SCHEMA_VERSION,
  eventLeaf,
  GENESIS_HEAD,
  LedgerState,
  merkleRoot,
  type Posting,
  type RecordedTransaction,
} from '@defter/ledger-domain';
import { madeTransaction, type Makings } from './made-transaction.js';

/** Lines of COPY by table. */
export interface SeedLines {
  readonly event: string[];
  readonly posting: string[];
  readonly transaction: string[];
  readonly batch: string[];
}

/** In COPY's text form a backslash begins an escape; JSON holds no other character that means something. */
const escaped = (json: string): string => json.replaceAll('\\', '\\\\');
const orNull = (text: string | undefined): string => text ?? '\\N';

interface FirstUse {
  readonly sequence: number;
  readonly at: string;
}

/** The rows of a ledger as its engine would have written them: one event, and one transaction, a number. */
export class SeedRows {
  readonly state = new LedgerState({ strict: false, accountTypes: [] }, 0);
  /** Accounts and balances (`account asset`) with their first event. */
  readonly accounts = new Map<string, FirstUse>();
  readonly balances = new Map<string, { first: number; last: number }>();
  readonly metadata = new Map<string, Readonly<Record<string, string>>>();
  sequence = 0;
  batch = 0;
  hash = GENESIS_HEAD;

  constructor(
    private readonly ledgerId: number,
    private readonly makings: Makings,
  ) {}

  /** A commit of so many transactions. */
  commit(count: number, at: string, lines: SeedLines): void {
    const first = this.sequence + 1;
    const batch = ++this.batch;
    const leaves: Buffer[] = [];
    for (let index = 0; index < count; index++) leaves.push(this.transaction(at, lines));
    const root = merkleRoot(leaves);
    this.hash = chainedHead(this.hash, first, this.sequence, root);
    lines.batch.push([this.ledgerId, batch, first, this.sequence, hex(root), hex(this.hash), at].join('\t'));
  }

  private transaction(at: string, lines: SeedLines): Buffer {
    const sequence = ++this.sequence;
    const transaction = madeTransaction(sequence, at, this.makings, this.state);
    const event = { type: 'TransactionCreated', transaction } as const;
    for (const posting of transaction.postings) this.move(posting);
    const payload = encodeEvent(event, this.state);
    const { ledgerId, batch } = this;
    lines.event.push(
      [ledgerId, sequence, batch, at, EVENT_SCHEMA_VERSION, event.type, escaped(payload)].join('\t'),
    );
    lines.transaction.push(
      [
        ledgerId,
        sequence,
        sequence,
        'posted',
        at,
        orNull(transaction.reference),
        metadataOf(transaction),
      ].join('\t'),
    );
    this.postings(transaction, sequence, lines);
    for (const [account, metadata] of Object.entries(transaction.accountMetadata ?? {}))
      this.metadata.set(account, { ...this.metadata.get(account), ...metadata });
    return eventLeaf({ sequence, type: event.type, recordedAt: at, idempotencyKey: null, payload });
  }

  private move({ source, destination, asset, amount }: Posting): void {
    const from = this.state.balance(source, asset);
    this.state.setBalance(source, asset, { ...from, output: from.output + amount });
    const to = this.state.balance(destination, asset);
    this.state.setBalance(destination, asset, { ...to, input: to.input + amount });
  }

  private postings(transaction: RecordedTransaction, sequence: number, lines: SeedLines): void {
    const { id, timestamp } = transaction;
    transaction.postings.forEach(({ source, destination, asset, amount }, position) => {
      const row = [this.ledgerId, sequence, position, id, timestamp, source, destination, asset, amount];
      lines.posting.push(row.join('\t'));
      for (const account of [source, destination]) {
        if (!this.accounts.has(account)) this.accounts.set(account, { sequence, at: timestamp });
        const key = `${account} ${asset}`;
        const known = this.balances.get(key);
        if (known === undefined) this.balances.set(key, { first: sequence, last: sequence });
        else known.last = sequence;
      }
    });
  }

  /** The accounts, once all commits are made. */
  *accountLines(): Generator<string> {
    for (const [address, { sequence, at }] of this.accounts) {
      const metadata = JSON.stringify(this.metadata.get(address) ?? {});
      yield [this.ledgerId, address, sequence, at, escaped(metadata)].join('\t');
    }
  }

  /** The balances, once all commits are made. */
  *balanceLines(): Generator<string> {
    for (const [key, { first, last }] of this.balances) {
      const [account = '', asset = ''] = key.split(' ');
      const { input, output } = this.state.balance(account, asset);
      const floor = orNull(this.state.floorOf(account)?.toString());
      yield [this.ledgerId, account, asset, input, output, 0, 0, floor, last, first].join('\t');
    }
  }
}

const metadataOf = ({ metadata }: RecordedTransaction): string =>
  Object.keys(metadata).length === 0 ? '\\N' : escaped(JSON.stringify(metadata));

const hex = (bytes: Buffer): string => `\\\\x${bytes.toString('hex')}`;
