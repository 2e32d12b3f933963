import { isAccountPattern } from '@defter/ledger-domain';
import { type Database, type Transaction, writeJson } from '@defter/platform';
import type { RefusedKeyLine, StartLine } from './import-line.wire.js';
import { wrongLine } from './lines.js';
import { conflict } from './restore-batches.js';

const HEAD = `
select sequence::float8 as sequence, encode(hash, 'hex') as hash from ledger_head
where ledger_id = $1 for update`;

const LEDGER = `
update ledger set strict = r.strict, metadata = r.metadata, closed = r.closed, refusals = r.refusals,
  backdating = r.backdating, mode = r.mode, mismatch_log = r.mismatch_log
from jsonb_populate_record((select l from ledger l where l.ledger_id = $1), $2::jsonb) as r
where ledger.ledger_id = $1`;

const ACCOUNT_TYPES = `
insert into account_type (ledger_id, pattern, overdraft, closed, normal_side)
select $1, t.pattern, t.overdraft, coalesce(t.closed, false), coalesce(t.normal_side, 'credit')
from jsonb_populate_recordset(null::account_type, $2::jsonb) as t`;

const MONITORS = `
insert into monitor (ledger_id, monitor_id, account, asset, balance, op, amount)
select $1, t.monitor_id, t.account, t.asset, t.balance, t.op, t.amount
from jsonb_populate_recordset(null::monitor, $2::jsonb) as t`;

const BUMP = 'update ledger_head set settings_version = settings_version + 1 where ledger_id = $1';

/**
 * Puts the rules in force that the ledger had when it was exported, once all its events are there. A ledger
 * that has gone on since keeps its own. @throws ProblemException `import-conflict`
 */
export const restoreRules = (database: Database, ledgerId: number, start: StartLine): Promise<void> => {
  const wrong = start.rules.accountTypes.find(({ pattern }) => !isPattern(pattern));
  if (wrong !== undefined) throw wrongLine(1, 'has an account type without a pattern');
  return database.transaction(async (tx) => {
    const [head] = await tx.query<{ sequence: number; hash: string }>(HEAD, [ledgerId]);
    if (head === undefined || head.sequence > start.sequence) return;
    if (head.sequence < start.sequence || head.hash !== start.hash)
      throw conflict(
        `It is at event ${head.sequence}, and not as the export says it was at ${start.sequence}`,
      );
    await putRules(tx, ledgerId, start);
    await tx.query(BUMP, [ledgerId]);
  });
};

const isPattern = (pattern: unknown): boolean => typeof pattern === 'string' && isAccountPattern(pattern);

const putRules = async (tx: Transaction, ledgerId: number, { rules }: StartLine): Promise<void> => {
  await tx.query(LEDGER, [ledgerId, writeJson(rules.ledger)]);
  await tx.query('delete from account_type where ledger_id = $1', [ledgerId]);
  await tx.query(ACCOUNT_TYPES, [ledgerId, writeJson(rules.accountTypes)]);
  await tx.query('delete from monitor where ledger_id = $1', [ledgerId]);
  await tx.query(MONITORS, [ledgerId, writeJson(rules.monitors)]);
};

const REFUSED = `
insert into refused_key (ledger_id, idempotency_key, fingerprint, refusal, refused_at)
values ($1, unnest($2::text[]), decode(unnest($3::text[]), 'hex'), unnest($4::jsonb[]),
  unnest($5::timestamptz[]))
on conflict (ledger_id, idempotency_key) do nothing`;

const OTHERS = `
select given.key from unnest($2::text[], $3::text[]) as given (key, fingerprint)
join refused_key r on r.ledger_id = $1 and r.idempotency_key = given.key
where r.fingerprint <> decode(given.fingerprint, 'hex') limit 1`;

/** Refuses again what was refused before. @throws ProblemException `import-conflict` */
export const restoreRefusedKeys = (
  database: Database,
  ledgerId: number,
  lines: readonly RefusedKeyLine[],
): Promise<void> =>
  database.transaction(async (tx) => {
    const keys = lines.map(({ idempotencyKey }) => idempotencyKey);
    const fingerprints = lines.map(({ fingerprint }) => fingerprint);
    const refusals = lines.map(({ refusal }) => writeJson(refusal));
    await tx.query(REFUSED, [ledgerId, keys, fingerprints, refusals, lines.map(({ date }) => date)]);
    const [other] = await tx.query<{ key: string }>(OTHERS, [ledgerId, keys, fingerprints]);
    if (other !== undefined)
      throw conflict(`Its key ${JSON.stringify(other.key)} was refused with another body`);
  });
