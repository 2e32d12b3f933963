/** Who hands in a file makes evidence, and doesn't decide about what follows from it. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { FindingDetail, ProposalView } from '@defter/reconciliation-contracts';
import { statementXml } from '../testing/bank.js';
import { Book, netOf, settlementText } from '../testing/book.js';
import { Stand } from '../testing/stand.js';

const DAY = '2026-01-31';
let stand: Stand;
const book = new Book('e');
beforeAll(async () => {
  stand = await Stand.start();
  // Fetched lines of a batch, the last of them of an operation that we don't know.
  for (let index = 0; index < 5; index++) book.add(index);
  await stand.know(book.events().slice(0, 4), book.ledger.slice(0, 4));
  stand.shelf.put(DAY, settlementText(DAY, book.lines));
  const sum = book.lines.reduce((total, line) => total + netOf(line), 0n);
  const bookings = [
    { amount: sum - 1n, on: '2026-02-01', text: `SETTLEMENT ${DAY}` },
    { amount: 4_321n, on: '2026-02-01', reference: 'nobody', text: 'a deposit' },
  ];
  const answer = await handIn('camt053', 'january.xml', statementXml('january.xml', bookings));
  expect(answer.status).toBe(200);
  const csv = [
    'currency,gross,fee,net,reporting_category,created,payment_intent_id,payment_metadata[defter_operation]',
    'try,100.00,2.50,97.50,charge,2026-01-31 10:00:00,pi_1,',
  ].join('\n');
  expect((await handIn('stripe', 'january.csv', `${csv}\n`)).status).toBe(200);
  await stand.reconcile();
});
afterAll(() => stand.stop());

const handIn = (format: string, name: string, content: string) =>
  stand.handIn(format, name, content, { as: stand.tokens.mehmet });
let keys = 0;
const post = async (path: string, body: object, as: string) =>
  stand.call('POST', `/findings/${path}`, { body, as, key: `key-${++keys}` });
const entries = [{ source: 'psp:c_one:receivable', destination: 'bank:c_one', amount: '1', asset: 'TRY/2' }];
const proposal = { resolution: 'post_adjustment', reason: 'r', entries };
const findingOf = async (type: string, reference?: string): Promise<string> => {
  const found = await stand.findings(`&type=${type}`);
  return found.find(({ provider_ref }) => reference === undefined || provider_ref === reference)?.id ?? type;
};
async function proposed(id: string, as: string): Promise<ProposalView> {
  const { status, body } = await post(`${id}/proposals`, proposal, as);
  expect([status, body]).toEqual([201, expect.anything()]);
  const last = (body as unknown as FindingDetail).proposals.at(-1);
  if (last === undefined) throw new Error('nothing proposed');
  return last;
}
const approve = ({ id, finding_id, payload_hash }: ProposalView, as: string) =>
  post(`${finding_id}/proposals/${id}/approve`, { payload_hash }, as);
const people = ['k_mehmet@test'];

it.each([
  ['a booking', 'bank_deposit_unmatched', undefined],
  ['a batch that the bank paid otherwise', 'batch_sum_mismatch', undefined],
  ['a line', 'missing_in_ledger', 'pi_1'],
])('%s is not approved by whoever handed it in; who may propose', async (_, type, reference) => {
  const { ayse, mehmet } = stand.tokens;
  const id = await findingOf(type, reference);
  const first = await proposed(id, ayse);
  expect(first.handed_in_by).toEqual(people);
  expect(await approve(first, mehmet)).toMatchObject({
    status: 403,
    body: { code: 'approver-handed-it-in' },
  });
  const { body } = await stand.call('GET', `/findings/${id}`, { as: mehmet });
  const button = (body as unknown as FindingDetail).allowed_actions.find(
    ({ action }) => action === 'approve',
  );
  expect(button).toMatchObject({ allowed: false, reason: 'Whoever handed in its files cannot approve' });
  await post(`${id}/proposals/${first.id}/withdraw`, { reason: 'r' }, ayse);
  expect((await approve(await proposed(id, mehmet), ayse)).status).toBe(200);
});

it('a line that a run fetched is nobody’s', async () => {
  const { ayse, mehmet } = stand.tokens;
  const found = await stand.findings('&type=missing_in_ledger');
  const id = found.find(({ tx_id }) => tx_id === 'op_e_4')?.id ?? 'none';
  const shown = await proposed(id, ayse);
  expect(shown.handed_in_by).toEqual([]);
  expect((await approve(shown, mehmet)).status).toBe(200);
});

it('the database keeps it, too', async () => {
  const approval = (by: string, evidence: string) =>
    stand.database.database.query(
      `insert into proposal_approval (tenant_id, proposal_id, revision, payload_hash, proposed_by,
         approved_by, note, approved_at, evidence_by)
       select tenant_id, proposal_id, revision, payload_hash, revised_by, $1, '', now(), $2::text[]
         from proposal_revision where revised_by = 'k_ayse@test' and evidence_by <> '{}' limit 1`,
      [by, evidence],
    );
  await expect(approval('k_mehmet@test', '{k_mehmet@test}')).rejects.toThrow('approval_not_by_its_evidence');
  await expect(approval('k_mehmet@test', '{}')).rejects.toThrow('approval_evidence');
});
