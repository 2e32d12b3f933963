/** A ledger with something in every table, and what an attacker with all rights of the database would do. */
import { chainedHead, eventLeaf, GENESIS_HEAD, type LeafInput, merkleRoot } from '@defter/ledger-domain';
import type { TestLedger } from '../../ledger.fixture.js';
import { signNow, type SignedCheckpoint } from '../proofs.fixture.js';
import type { Superuser } from './verify.fixture.js';

/** Every table in which a ledger's history stands. */
const TABLES = [
  ...['event', 'posting', 'balance', 'account', 'transaction', 'hold', 'batch', 'ledger_head'],
  ...[
    'checkpoint',
    'batch_tree_node',
    'dated_entry',
    'dated_hour',
    'dated_run',
    'pending_entry',
    'refused_key',
  ],
];

const expectStatus = (status: number, text: string): void => {
  if (status >= 300) throw new Error(text);
};

/**
 * Opens a ledger and plays a fixed history: events 1 to 9 in batches 1 to 7 (events 2 to 4 are one batch),
 * checkpoints of 3 and 7 batches. Returns the later one, as an auditor would keep it.
 */
export const openPlayed = async (ledger: TestLedger, name: string): Promise<SignedCheckpoint> => {
  const write = async (path: string, body: object, key?: string): Promise<void> => {
    const headers = key === undefined ? {} : { 'idempotency-key': key };
    const { status, text } = await ledger.call('POST', `/v2/${name}/${path}`, { body, headers });
    expectStatus(status, text);
  };
  const postings = (source: string, destination: string, amount: number) => ({
    postings: [{ source, destination, amount, asset: 'TRY/2' }],
  });
  await ledger.open(name);
  const metadata = { order: '7' };
  await write('transactions', { ...postings('world', 'users:1', 1_000), reference: 'r-1', metadata }, 'k-1');
  const bulk = [200, 300, 400].map((amount) => ({
    action: 'CREATE_TRANSACTION',
    data: postings('world', `users:${amount}`, amount),
  }));
  await write('_bulk', bulk);
  await write('transactions', { ...postings('users:1', 'hotel', 50), status: 'pending' });
  await signNow(ledger, name);
  const amounts = [{ source: 'users:1', asset: 'TRY/2', amount: 20 }];
  await write('transactions/5/post', { amounts, remainder: 'keep' });
  await write('transactions/2/revert', {});
  await write('accounts/users:1/metadata', { name: 'Ayşe' });
  await write('transactions', { ...postings('world', 'users:1', 5), timestamp: '2020-01-02T03:04:05.5Z' });
  const refused = postings('users:300', 'hotel', 9_999);
  await ledger.call('POST', `/v2/${name}/transactions`, {
    body: refused,
    headers: { 'idempotency-key': 'k-no' },
  });
  return signNow(ledger, name);
};

/** Computes roots, chain and head anew from the events as they are now: all but the signatures. */
export const forge = async (superuser: Superuser, name: string): Promise<void> => {
  const id = await superuser.idOf(name);
  const batches = await superuser.database.query<{ batch: number; first: number; last: number }>(
    `select batch::float8 as batch, first_sequence::float8 as first, last_sequence::float8 as last
     from batch where ledger_id = $1 order by batch`,
    [id],
  );
  let head = GENESIS_HEAD;
  for (const { batch, first, last } of batches) {
    const events = await superuser.database.query<LeafInput>(
      `select sequence::float8 as sequence, type, idempotency_key as "idempotencyKey",
         payload::text as payload,
         to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "recordedAt"
       from event where ledger_id = $1 and sequence between $2 and $3 order by sequence`,
      [id, first, last],
    );
    const root = merkleRoot(events.map(eventLeaf));
    head = chainedHead(head, first, last, root);
    const sql = 'update batch set root = $3, hash = $4 where ledger_id = $1 and batch = $2';
    await superuser.database.query(sql, [id, batch, root, head]);
  }
  await superuser.database.query('update ledger_head set hash = $2 where ledger_id = $1', [id, head]);
};

/** Keeps all rows of a ledger; the answer puts them back, as if nothing had happened since. */
export const backUp = async (superuser: Superuser, name: string): Promise<() => Promise<void>> => {
  for (const table of TABLES)
    await superuser.spoil(
      name,
      `create table "kept_${table}" as select * from ${table} where ledger_id = $1`,
    );
  return async () => {
    for (const table of TABLES) {
      await superuser.spoil(name, `delete from ${table} where ledger_id = $1`);
      await superuser.spoil(name, `insert into ${table} select * from "kept_${table}"`);
      await superuser.spoil(name, `drop table "kept_${table}"`);
    }
  };
};
