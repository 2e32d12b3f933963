import { isAccountPattern } from '@defter/ledger-domain';
import { type Database, type Transaction, writeJson } from '@defter/platform';
import type { RefusedKeyLine, StartLine } from './import-line.wire.js';
import { wrongLine } from './lines.js';
import { conflict, endRestoring, expectOpen, markRestoring, readRestoring } from './restoring.js';

const LOCK = 'select 1 from ledger_head where ledger_id = $1 for update';

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

/**
 * Puts the rules in force that the ledger had when it was exported, once all its events are there, and ends
 * its restoring. A ledger that isn't being restored any more keeps its own.
 * @throws ProblemException `import-conflict`
 */
export const restoreRules = (database: Database, ledgerId: number, start: StartLine): Promise<void> => {
  const wrong = start.rules.accountTypes.find(({ pattern }) => !isPattern(pattern));
  if (wrong !== undefined) throw wrongLine(1, 'has an account type without a pattern');
  return database.transaction(async (tx) => {
    await tx.query(LOCK, [ledgerId]);
    const { sequence, hash, open } = await readRestoring(tx, ledgerId);
    if (sequence > start.sequence) return;
    if (sequence < start.sequence || hash !== start.hash)
      throw conflict(`It is at event ${sequence}, and not as the export says it was at ${start.sequence}`);
    if (!open) return;
    await putRules(tx, ledgerId, start);
    await endRestoring(tx, ledgerId);
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
on conflict (ledger_id, idempotency_key) do nothing
returning 1`;

const OTHERS = `
select given.key from unnest($2::text[], $3::text[]) as given (key, fingerprint)
join refused_key r on r.ledger_id = $1 and r.idempotency_key = given.key
where r.fingerprint <> decode(given.fingerprint, 'hex') limit 1`;

/**
 * Refuses again what was refused before. Keys that are there already are compared and skipped.
 * @throws ProblemException `import-conflict`
 */
export const restoreRefusedKeys = (
  database: Database,
  ledgerId: number,
  lines: readonly RefusedKeyLine[],
): Promise<void> =>
  database.transaction(async (tx) => {
    // A writer that read before must not accept a key that is refused now: the revision tells it.
    await tx.query(LOCK, [ledgerId]);
    const restoring = await readRestoring(tx, ledgerId);
    const keys = lines.map(({ idempotencyKey }) => idempotencyKey);
    const fingerprints = lines.map(({ fingerprint }) => fingerprint);
    const refusals = lines.map(({ refusal }) => writeJson(refusal));
    const dates = lines.map(({ date }) => date);
    const fresh = await tx.query(REFUSED, [ledgerId, keys, fingerprints, refusals, dates]);
    const [other] = await tx.query<{ key: string }>(OTHERS, [ledgerId, keys, fingerprints]);
    if (other !== undefined)
      throw conflict(`Its key ${JSON.stringify(other.key)} was refused with another body`);
    if (fresh.length === 0) return;
    expectOpen(restoring);
    await markRestoring(tx, ledgerId, 1);
  });
