import { parseArgs } from 'node:util';
import { databaseUrl, SetupError } from '@defter/embedded';
import { seedLedger } from '@defter/testing';
import pg from 'pg';
import { UsageError } from './command.js';
import { requireRunning, type StackStatus } from './run-folder.js';

/**
 * `./defter seed ledger`: fills a new ledger of the demo tenant with transactions, straight into the tables.
 */
export const run = async (args: readonly string[]): Promise<number> => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      transactions: { type: 'string', default: '1000000' },
      accounts: { type: 'string' },
      name: { type: 'string', default: 'seeded' },
      seed: { type: 'string', default: '1' },
      publish: { type: 'boolean', default: false },
    },
  });
  if (positionals.join() !== 'ledger') throw new UsageError('seed what? There is: ledger');
  const transactions = wholeNumber('transactions', values.transactions);
  const accounts =
    values.accounts === undefined ? {} : { accounts: wholeNumber('accounts', values.accounts) };
  const status = requireRunning();
  const url = databaseUrl(status.urls['postgres'] ?? '', 'ledger', 'migrator');
  const ledgerId = await openLedger(status, url, values.name);
  const progress = new Progress(transactions);
  await seedLedger({
    url,
    ledgerId,
    transactions,
    ...accounts,
    seed: wholeNumber('seed', values.seed),
    publish: values.publish,
    onProgress: (written) => progress.show(written),
  });
  progress.end(
    `Ledger ${values.name} of ${status.tenant.id} holds ${transactions.toLocaleString('en')} transactions`,
  );
  return 0;
};

const wholeNumber = (name: string, text: string): number => {
  if (/^[1-9]\d{0,8}$/.test(text)) return parseInt(text, 10);
  throw new UsageError(`--${name} must be a whole number above 0`);
};

/** Opens the ledger as its tenant would; its number in the database. */
const openLedger = async (status: StackStatus, url: string, name: string): Promise<number> => {
  const { id, apiKey } = status.tenant;
  const response = await fetch(`${status.urls['ledger']}/v2/${name}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: '{}',
  });
  if (!response.ok)
    throw new SetupError(
      `The ledger ${name} was not opened: ${await response.text()}`,
      'Choose another --name',
    );
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ ledger_id: number }>(
      'select ledger_id from ledger where tenant_id = $1 and name = $2',
      [id, name],
    );
    if (rows[0] === undefined) throw new Error(`The ledger ${name} is not in the database`);
    return rows[0].ledger_id;
  } finally {
    await client.end();
  }
};

/** A line that is written over itself; lines below each other where nobody sees it move. */
class Progress {
  private readonly startedAt = Date.now();
  private shownAt = 0;

  constructor(private readonly total: number) {}

  show(done: number): void {
    const moves = process.stderr.isTTY;
    const now = Date.now();
    if (now - this.shownAt < (moves ? 200 : 5_000)) return;
    this.shownAt = now;
    const perSecond = Math.round((done * 1_000) / Math.max(1, now - this.startedAt));
    const text = `${done.toLocaleString('en')} of ${this.total.toLocaleString('en')}`;
    const line = `… ${text}, ${perSecond.toLocaleString('en')}/s`;
    process.stderr.write(moves ? `\r${line}` : `${line}\n`);
  }

  end(line: string): void {
    const seconds = Math.round((Date.now() - this.startedAt) / 1_000);
    process.stderr.write(process.stderr.isTTY ? '\n' : '');
    console.log(`${line} (${seconds} s)`);
  }
}
