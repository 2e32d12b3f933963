import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { Dice } from './dice.js';
import { type SeedLines, SeedRows } from './seed-rows.js';

export interface SeedOptions {
  /** Connects as the owner of the ledger's tables. */
  readonly url: string;
  readonly ledgerId: number;
  readonly transactions: number;
  /** Wallets; a twentieth of the transactions where nothing is said, at most 100,000. */
  readonly accounts?: number;
  /** Opens every wallet by a deposit first; otherwise some may never be touched. */
  readonly everyWallet?: boolean;
  /** The same number makes the same ledger. */
  readonly seed?: number;
  /** Transactions of one commit. */
  readonly perBatch?: number;
  /** When the last transaction was recorded; they begin a year before. */
  readonly endsAt?: Date;
  /** Lets the relay publish the events; otherwise it goes on behind them. */
  readonly publish?: boolean;
  /** Hears how many of the transactions are written. */
  readonly onProgress?: (written: number) => void;
}

const PER_CHUNK = 20_000;
const YEAR_MS = 365 * 24 * 3_600_000;

const COPY = {
  event: 'copy event (ledger_id, sequence, batch, recorded_at, schema_version, type, payload) from stdin',
  posting: `copy posting (ledger_id, sequence, position, transaction_id, effective_at, source, destination,
    asset, amount) from stdin`,
  transaction: `copy transaction (ledger_id, transaction_id, sequence, status, effective_at, reference,
    metadata) from stdin`,
  batch: 'copy batch (ledger_id, batch, first_sequence, last_sequence, root, hash, recorded_at) from stdin',
  account: 'copy account (ledger_id, address, first_sequence, inserted_at, metadata) from stdin',
  balance: `copy balance (ledger_id, account, asset, input, output, pending_in, pending_out, floor, sequence,
    first_sequence) from stdin`,
} as const;

/**
 * Fills an empty ledger with transactions as its engine would have written them: true balances after each
 * event, Merkle roots and chained hashes. All or nothing. @throws Error when the ledger isn't empty
 */
export async function seedLedger(options: SeedOptions): Promise<void> {
  const client = new pg.Client({ connectionString: options.url, application_name: 'defter-seed' });
  await client.connect();
  try {
    await client.query('begin');
    await requireEmpty(client, options.ledgerId);
    const rows = await writeAll(client, options);
    await client.query(
      `update ledger_head
       set sequence = $2, last_transaction_id = $2, last_batch = $3, hash = $4, revision = revision + 1
       where ledger_id = $1`,
      [options.ledgerId, rows.sequence, rows.batch, rows.hash],
    );
    if (options.publish !== true) await client.query(PUBLISHED, [options.ledgerId, rows.sequence]);
    await client.query('commit');
    // Plans need statistics, and index-only scans the visibility map.
    for (const table of Object.keys(COPY)) await client.query(`vacuum (analyze) "${table}"`);
  } finally {
    await client.end();
  }
}

const PUBLISHED = `insert into relay_checkpoint (ledger_id, relay, sequence) values ($1, 'kafka', $2)
  on conflict (ledger_id, relay) do update set sequence = excluded.sequence`;

async function requireEmpty(client: pg.Client, ledgerId: number): Promise<void> {
  const { rows } = await client.query<{ sequence: string }>(
    'select sequence from ledger_head where ledger_id = $1 for update',
    [ledgerId],
  );
  if (rows[0] === undefined) throw new Error(`There is no ledger ${ledgerId}`);
  if (rows[0].sequence !== '0') throw new Error('Only an empty ledger can be seeded');
}

async function writeAll(client: pg.Client, options: SeedOptions): Promise<SeedRows> {
  const { ledgerId, transactions, seed = 1, everyWallet = false } = options;
  const accounts = options.accounts ?? Math.min(100_000, Math.ceil(transactions / 20));
  const rows = new SeedRows(ledgerId, { dice: new Dice(seed), accounts, everyWallet });
  let ready = makeChunk(rows, options);
  while (rows.sequence < transactions || (await ready).event.length > 0) {
    const chunk = await ready;
    // The next rows are made while the database writes these.
    ready = makeChunk(rows, options);
    for (const table of ['event', 'posting', 'transaction', 'batch'] as const)
      await copy(client, COPY[table], [`${chunk[table].join('\n')}\n`]);
    options.onProgress?.(Math.min(rows.sequence, transactions));
  }
  await copy(client, COPY.account, linesOf(rows.accountLines()));
  await copy(client, COPY.balance, linesOf(rows.balanceLines()));
  return rows;
}

async function makeChunk(rows: SeedRows, options: SeedOptions): Promise<SeedLines> {
  const { transactions, perBatch = 100, endsAt = new Date() } = options;
  const lines: SeedLines = { event: [], posting: [], transaction: [], batch: [] };
  while (rows.sequence < transactions && lines.event.length < PER_CHUNK) {
    const count = Math.min(perBatch, transactions - rows.sequence);
    const at = endsAt.getTime() - Math.floor(YEAR_MS * (1 - (rows.sequence + count) / transactions));
    rows.commit(count, `${new Date(at).toISOString().slice(0, 23)}000Z`, lines);
    await turn();
  }
  return lines;
}

function* linesOf(lines: Iterable<string>): Generator<string> {
  for (const line of lines) yield `${line}\n`;
}

async function copy(client: pg.Client, sql: string, texts: Iterable<string>): Promise<void> {
  const stream = client.query(copyFrom(sql));
  const finished = once(stream, 'finish');
  for (const text of texts) if (!stream.write(text)) await Promise.race([once(stream, 'drain'), finished]);
  stream.end();
  await finished;
}
