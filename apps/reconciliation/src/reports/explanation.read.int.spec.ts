import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Database } from '@defter/platform';
import { classify } from '@defter/reconciliation-domain';
import { type TestDatabase, testDatabase } from '@defter/testing';
import { findingIdOf, identityOf } from '../findings/finding.js';
import { service } from '../service.js';
import { bankExplanations, lineExplanations } from './explanation.read.js';

const TENANT = 't_one';
const ON = '2026-02-09';
const AT = new Date('2026-02-10T00:00:00Z');
const whose = { provider: 'mock-psp', connection: 'c_one' };
const sighting = { tenantId: TENANT, provider: whose.provider, connectionId: whose.connection };

/** What was told of other lines, settlements and bookings, long ago and lately. */
const OTHERS = `
  insert into finding (tenant_id, id, identity, provider, connection_id, finding_type, severity, status,
    message, action, action_sentence, risk_inputs, evidence, raw, origin, business_on, first_seen_by,
    last_seen_by, first_seen_at, last_seen_at, version)
  select $1, 'fnd_' || n, encode(sha256(n::text::bytea), 'hex'), $2, $3, (array['missing_in_ledger',
      'amount_mismatch', 'batch_sum_mismatch', 'late_settlement', 'bank_deposit_unmatched'])[1 + n % 5],
    'LOW', 'open', '', 'retry', '', '{}', '',
    jsonb_build_object('line', jsonb_build_object('key', gen_random_uuid(), 'amount', '1'),
      'batch', jsonb_build_object('batchRef', n::text, 'currency', 'TRY')),
    'run', date '2026-02-09' - n % 400, 'r', 'r', now() - n * interval '1 minute', now(), 1
    from generate_series(1, 20000) n`;
const ACCEPTED = `
  insert into finding (tenant_id, id, identity, provider, connection_id, finding_type, severity, status,
    message, action, action_sentence, risk_inputs, evidence, raw, origin, business_on, first_seen_by,
    last_seen_by, first_seen_at, last_seen_at, version, closed_at)
  values ($1, $2, $3, $4, $5, $6, 'LOW', 'accepted_risk', '', 'retry', '', '{}', '', $7, 'run', $8, 'r', 'r',
    now(), now(), 1, now())`;
const CHANGED = `
  insert into finding_change (tenant_id, finding_id, version, event, status, changed_at)
  values ($1, $2, 1, '{"resolution": "accepted_risk", "by": "ayse"}', 'accepted_risk', $3)`;

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase({ migrations: service.migrations as URL });
  await database.database.query(OTHERS, [TENANT, whose.provider, whose.connection]);
});
afterAll(() => database.stop());

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly Node[];
}
const nodesOf = (node: Node): readonly Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** How what is asked would find its findings: by which indexes, or from end to end. */
async function waysToFindings(ask: (database: Database) => Promise<unknown>): Promise<string[]> {
  await database.database.query('analyze');
  const ways: string[] = [];
  const query = async (sql: string, parameters: readonly unknown[]): Promise<[]> => {
    const rows = await database.database.query<{ 'QUERY PLAN': [{ Plan: Node }] }>(
      `explain (format json) ${sql}`,
      parameters as never,
    );
    for (const { 'QUERY PLAN': plan } of rows)
      for (const node of nodesOf(plan[0].Plan)) {
        const index = node['Index Name'] ?? '';
        if (index.startsWith('finding_') && !index.startsWith('finding_change')) ways.push(index);
        if (node['Relation Name'] === 'finding' && node['Node Type'] === 'Seq Scan') ways.push('all');
      }
    return [];
  };
  await ask({ query } as unknown as Database);
  return ways;
}

const settlement = (name: string, state: 'late' | 'differs') => ({
  ...{ on: ON, ...whose, settlement: name, currency: 'TRY', lines: 2, netMinor: '1000', state },
  ...{ paidMinor: state === 'late' ? '0' : '900', bookings: state === 'late' ? 0 : 1, paidOn: null },
});
const booking = (key: string) => ({ key, on: ON, ...whose, currency: 'TRY', minor: '700', settlement: null });
const doubts = {
  settlements: [
    settlement('S-late', 'late'),
    settlement('S-differs', 'differs'),
    settlement('S-open', 'late'),
  ],
  bookings: [booking('b-accepted'), booking('b-open')],
};
const ofBank = (from: Database) => bankExplanations(from, TENANT, { asOf: AT, doubts });

it('what is told of lines in doubt is looked up by the line, however much was told of others', async () => {
  const ways = await waysToFindings((from) => lineExplanations(from, TENANT, { days: [ON, ON], asOf: AT }));
  expect(ways).toEqual(['finding_of_line']);
});

it('what is told of settlements and bookings is looked up by what makes it the same finding', async () => {
  expect(await waysToFindings(ofBank)).toEqual(['finding_tenant_id_identity_key']);
});

it('finds of each just what matching told of it', async () => {
  const batch = { currency: 'TRY', lines: 2, net: 1_000n, lastOn: ON };
  const account = { account: 'TR1', currency: 'TRY', bookedOn: ON, reference: '', remittance: '' };
  const told = [
    ...classify({ kind: 'batch-unpaid', batch: { ...batch, batchRef: 'S-late', paid: 0n } }),
    ...classify({ kind: 'batch-differs', batch: { ...batch, batchRef: 'S-differs', paid: 900n } }),
    // Not late any more, but paid otherwise: nobody has looked at that.
    ...classify({ kind: 'batch-differs', batch: { ...batch, batchRef: 'S-open', paid: 900n } }),
    ...classify({ kind: 'booking-alone', booking: { ...account, key: 'b-accepted', amount: 700n } }),
  ];
  for (const seen of told) {
    const identity = identityOf(sighting, seen);
    const id = findingIdOf(identity);
    const names = [TENANT, id, identity, whose.provider, whose.connection, seen.findingType];
    await database.database.query(ACCEPTED, [...names, JSON.stringify(seen.raw), ON]);
    await database.database.query(CHANGED, [TENANT, id, AT]);
  }
  expect(await ofBank(database.database)).toMatchObject([
    { what: 'settlement', name: 'S-late', type: 'late_settlement', minor: '1000', by: 'ayse' },
    { what: 'settlement', name: 'S-differs', type: 'batch_sum_mismatch', minor: '100' },
    { what: 'booking', name: 'b-accepted', type: 'bank_deposit_unmatched', minor: '700' },
  ]);
});
