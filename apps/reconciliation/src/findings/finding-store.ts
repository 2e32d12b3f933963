import type { Transaction } from '@defter/platform';
import type { FindingEvent, SeenFinding } from '@defter/reconciliation-domain';
import { columns } from '../columns.js';
import { type FindingRecord, stateOf } from './finding.js';
import { openProposals } from './proposal-row.js';

/** An event of a finding, to be kept for ever. */
export interface FindingChange {
  readonly finding: FindingRecord;
  readonly event: FindingEvent;
  readonly at: Date;
}

/** A finding as it is stored, and what the domain decides on. */
export interface KnownFinding {
  readonly record: FindingRecord;
  readonly state: SeenFinding;
}

const types = {
  ...{
    id: 'text',
    identity: 'text',
    provider: 'text',
    connection_id: 'text',
    player_id: 'text',
    tx_id: 'text',
  },
  ...{
    provider_event_id: 'text',
    provider_ref: 'text',
    finding_type: 'text',
    severity: 'text',
    status: 'text',
  },
  ...{
    message: 'text',
    action: 'text',
    action_sentence: 'text',
    risk_inputs: 'jsonb',
    evidence: 'text',
    raw: 'jsonb',
  },
  ...{ origin: 'text', business_on: 'date', first_seen_by: 'text', last_seen_by: 'text' },
  ...{ first_seen_at: 'timestamptz', last_seen_at: 'timestamptz', version: 'int', resolution: 'text' },
  ...{ resolution_note: 'text', closed_by: 'text', closed_at: 'timestamptz' },
  ...{ proposal_id: 'text', corrected: 'numeric', is_gone: 'boolean', observed_by: 'text' },
} as const satisfies Record<Exclude<keyof FindingRecord, 'tenant_id'>, string>;

const names = Object.keys(types) as readonly (keyof typeof types)[];
/** What makes a finding this finding never changes. */
const fixed: ReadonlySet<string> = new Set([
  'id',
  'identity',
  'provider',
  'connection_id',
  'finding_type',
  'first_seen_by',
  'first_seen_at',
]);

const SAVE = `
  insert into finding (tenant_id, ${names.join(', ')})
  values ($1, ${names.map((name, index) => `unnest($${index + 2}::${types[name]}[])`).join(', ')})
  on conflict (tenant_id, id) do update set
    ${names
      .filter((name) => !fixed.has(name))
      .map((name) => `${name} = excluded.${name}`)
      .join(', ')}`;

const REMEMBER = `
  insert into finding_change (tenant_id, finding_id, version, event, status, changed_at)
  values ($1, unnest($2::text[]), unnest($3::int[]), unnest($4::jsonb[]), unnest($5::text[]),
    unnest($6::timestamptz[]))`;

const LOCK = `
  select tenant_id, ${names.join(', ')} from finding
   where tenant_id = $1 and id = any ($2) order by id for update`;

/**
 * Findings by id with their open proposals, locked until the end of the transaction. Nobody changes a
 * proposal's state without its finding's lock.
 */
export async function lockFindings(
  tx: Transaction,
  tenantId: string,
  ids: readonly string[],
): Promise<Map<string, KnownFinding>> {
  const records = await tx.query<FindingRecord>(LOCK, [tenantId, ids]);
  const named = records.flatMap(({ proposal_id }) => (proposal_id === null ? [] : [proposal_id]));
  const proposals = await openProposals(tx, tenantId, named);
  return new Map(
    records.map((record) => {
      const proposal = proposals.get(record.proposal_id ?? '');
      return [record.id, { record, state: stateOf(record, proposal) }];
    }),
  );
}

/** Writes findings as they stand now, and their events. All are of one tenant. */
export async function saveFindings(
  tx: Transaction,
  tenantId: string,
  records: readonly FindingRecord[],
  changes: readonly FindingChange[],
): Promise<void> {
  if (records.length === 0) return;
  const texts = records.map((record) => ({
    ...record,
    risk_inputs: JSON.stringify(record.risk_inputs),
    raw: JSON.stringify(record.raw),
  }));
  await tx.query(SAVE, [tenantId, ...columns(texts, names)]);
  if (changes.length === 0) return;
  await tx.query(REMEMBER, [
    tenantId,
    changes.map(({ finding }) => finding.id),
    changes.map(({ finding }) => finding.version),
    changes.map(({ event }) => JSON.stringify(event)),
    changes.map(({ finding }) => finding.status),
    changes.map(({ at }) => at),
  ]);
}
