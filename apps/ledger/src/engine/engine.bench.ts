/**
 * The engine alone, without HTTP and Kafka: `node engine.bench.js <seconds> <accounts>` with DATABASE_URL, on
 * a migrated database. Prints one JSON object: commands that were committed, and the seconds they took.
 */
import { randomUUID } from 'node:crypto';
import { Database } from '@defter/platform';
import { BatchCommitter, type Prepared } from './commit-batch.js';
import { WRITER_SESSION } from './head.js';
import { LedgerWriter } from './ledger-writer.js';
import type { Group, Submission } from './submission.js';

const COMMANDS_PER_BATCH = 1_000;
/** Batches that wait, so that the writer always has the next one. */
const WAITING = 3;
const ASSET = 'TRY/2';

const [seconds = '5', accounts = '10000'] = process.argv.slice(2);
const count = parseInt(accounts, 10);
const logger = { warn: (message: string) => console.error(message) };
const url = process.env['DATABASE_URL'] ?? '';
const database = new Database({ url, name: 'bench', logger, poolSize: 4, session: WRITER_SESSION });

const submission = (source: string, destination: string, amount: bigint): Submission => ({
  key: randomUUID(),
  command: {
    type: 'CreateTransaction',
    postings: [{ source, destination, asset: ASSET, amount }],
    metadata: {},
    pending: false,
    force: false,
  },
});

const account = (index: number): string => `engine:${index}`;
const random = (): number => Math.floor(Math.random() * count);

const groupOf = (size: number, make: (index: number) => Submission): Group => ({
  submissions: Array.from({ length: size }, (_, index) => make(index)),
  mode: 'continue',
  dryRun: false,
});

const open = async (): Promise<number> => {
  const [row] = await database.query<{ ledger_id: number }>(
    `insert into ledger (tenant_id, name) values ('t_bench', $1) returning ledger_id`,
    [`engine-${randomUUID()}`],
  );
  if (row === undefined) throw new Error('The ledger was not opened');
  await database.query('insert into ledger_head (ledger_id) values ($1)', [row.ledger_id]);
  return row.ledger_id;
};

const accept = async (writer: LedgerWriter<Prepared>, group: Group): Promise<number> => {
  const outcomes = await writer.submit(group);
  const refused = outcomes.find(({ accepted }) => !accepted);
  if (refused !== undefined) throw new Error(`A transfer was refused: ${JSON.stringify(refused, String)}`);
  return outcomes.length;
};

const committer = new BatchCommitter(database, logger, await open());
const writer = new LedgerWriter<Prepared>(committer, COMMANDS_PER_BATCH * (WAITING + 1));
for (let from = 0; from < count; from += COMMANDS_PER_BATCH) {
  await accept(
    writer,
    groupOf(COMMANDS_PER_BATCH, (index) => submission('world', account(from + index), 1_000_000n)),
  );
}
const startedAt = performance.now();
const until = startedAt + parseInt(seconds, 10) * 1_000;
const caller = async (): Promise<number> => {
  let done = 0;
  while (performance.now() < until) {
    done += await accept(
      writer,
      groupOf(COMMANDS_PER_BATCH, () => submission(account(random()), account(random()), 1n)),
    );
  }
  return done;
};
const done = await Promise.all(Array.from({ length: WAITING }, caller));
const tookS = (performance.now() - startedAt) / 1_000;
await database.close();
console.log(JSON.stringify({ commands: done.reduce((sum, each) => sum + each, 0), seconds: tookS }));
