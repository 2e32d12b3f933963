import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { FindingView } from '@defter/reconciliation-contracts';
import { Book, settlementText } from '../testing/book.js';
import { Stand } from '../testing/stand.js';

let stand: Stand;
const book = new Book('l');
beforeAll(async () => {
  stand = await Stand.start();
  // The first three lines name nobody, and their amounts are nobody's: no pass can place them.
  for (let index = 0; index < 6; index++) book.add(index);
  book.lines.forEach((line, index) => {
    if (index < 3)
      Object.assign(line, { operationId: '', providerRef: `lost_${index}`, gross: line.gross + 5n });
  });
  book.ledger.splice(5, 1);
  await stand.know(book.events(), book.ledger);
  stand.shelf.put('2026-01-31', book.text());
  await stand.reconcile();
});
afterAll(() => stand.stop());

let keys = 0;
const lineAlone = async (reference: string): Promise<FindingView> => {
  const found = await stand.findings('&type=missing_in_ledger');
  const finding = found.find(({ provider_ref }) => provider_ref === reference);
  if (finding === undefined) throw new Error(`no finding of ${reference}`);
  return finding;
};
const relink = (id: string, operation: string, as = stand.tokens.ayse) =>
  stand.call('POST', `/findings/${id}/relink`, {
    ...{ as, key: `link-${++keys}`, body: { operation_id: operation, note: 'by telephone' } },
  });
const rows = (sql: string) => stand.database.database.query<Record<string, unknown>>(sql);

it('takes effect in the next run: both sides’ findings close, and what differs is one', async () => {
  const { id } = await lineAlone('lost_0');
  const [missing] = (await stand.findings('&type=missing_at_psp')).filter(({ tx_id }) => tx_id === 'op_l_0');
  expect(missing?.status).toBe('open');
  expect(await relink(id, 'op_l_0')).toMatchObject({ status: 200, body: { status: 'in_progress' } });
  await stand.reconcile();
  expect((await lineAlone('lost_0')).status).toBe('auto_resolved');
  const after = await stand.findings();
  expect(after.find((finding) => finding.id === missing?.id)?.status).toBe('auto_resolved');
  expect(
    after.find(({ finding_type, tx_id }) => finding_type === 'amount_mismatch' && tx_id === 'op_l_0'),
  ).toMatchObject({ status: 'open' });
  const [match, ...more] = await rows(`select pass, operation_id from match where operation_id = 'op_l_0'`);
  expect([match, more]).toEqual([{ pass: 0, operation_id: 'op_l_0' }, []]);
  // Issued again with other bytes: the line is the same, and so is the word about it.
  stand.shelf.put('2026-01-31', book.text().replace('lost_2', 'lost_9'));
  await stand.reconcile();
  expect(await rows(`select pass from match where operation_id = 'op_l_0'`)).toEqual([{ pass: 0 }]);
});

it('uses a line and an operation once', async () => {
  const { id } = await lineAlone('lost_1');
  const codes = async (operation: string, as?: string) => (await relink(id, operation, as)).body['code'];
  expect(await codes('op_l_0')).toBe('operation-taken');
  expect(await codes('op_l_4')).toBe('operation-taken');
  expect(await codes('op_l_none')).toBe('operation-unknown');
  expect(await codes('op_l_1', stand.tokens.one)).toBe('person-required');
  expect((await relink(id, 'op_l_1', stand.tokens.two)).status).toBe(404);
  const answers = await Promise.all(['op_l_1', 'op_l_2', 'op_l_1'].map((each) => relink(id, each)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  expect(await rows(`select from manual_link where finding_id = '${id}'`)).toHaveLength(1);
  const twice =
    rows(`insert into manual_link select tenant_id, provider, connection_id, gen_random_uuid(), leg,
    operation_id, finding_id, linked_by, note, linked_at from manual_link where finding_id = '${id}'`);
  await expect(twice).rejects.toThrow('manual_link_operation');
});

it('is for lines; and to say relink without an operation closes nothing', async () => {
  const notBooked = (await stand.findings('&type=missing_in_ledger')).find(({ tx_id }) => tx_id === 'op_l_5');
  expect((await relink(notBooked?.id ?? '', 'op_l_5')).body['code']).toBe('line-missing');
  const { id } = await lineAlone('lost_9');
  const { body } = await stand.call('POST', `/findings/${id}/resolve`, {
    ...{ as: stand.tokens.ayse, key: 'r', body: { resolution: 'relink' } },
  });
  expect(body['code']).toBe('relink-needs-operation');
});

const unlink = (id: string, as = stand.tokens.ayse) =>
  stand.call('POST', `/findings/${id}/unlink`, {
    as,
    key: `link-${++keys}`,
    body: { reason: 'another one' },
  });
const ofOperation = async (operation: string, type: string) =>
  (await stand.findings(`&type=${type}`)).find(({ tx_id }) => tx_id === operation)?.status;

it('is taken back by a person: both sides are alone again, and may be linked anew', async () => {
  const { id } = await lineAlone('lost_0');
  expect((await unlink(id, stand.tokens.one)).body['code']).toBe('person-required');
  expect(await unlink(id)).toMatchObject({ status: 200, body: { status: 'reopened' } });
  expect(await rows(`select pass from match where operation_id = 'op_l_0'`)).toEqual([]);
  expect((await unlink(id)).body['code']).toBe('link-missing');
  await stand.reconcile();
  expect((await lineAlone('lost_0')).status).toBe('reopened');
  expect(await ofOperation('op_l_0', 'missing_at_psp')).toBe('reopened');
  expect((await relink(id, 'op_l_0')).status).toBe(200);
  await stand.reconcile();
  expect((await lineAlone('lost_0')).status).toBe('auto_resolved');
  expect(await rows(`select revoked_by from manual_link where finding_id = '${id}' order by 1`)).toEqual([
    { revoked_by: 'k_ayse@test' },
    { revoked_by: null },
  ]);
  const rewritten = rows(`update manual_link set operation_id = 'op_l_1' where finding_id = '${id}'`);
  await expect(rewritten).rejects.toThrow('permission denied');
});

it('taken back while a run takes it: the next run lets go of it', async () => {
  const { id } = await lineAlone('lost_0');
  // As the run leaves it: its match is there, and the link no longer is.
  await rows(`update manual_link set revoked_at = now(), revoked_by = 'k_ayse@test' where finding_id = '${id}'
    and revoked_at is null`);
  await stand.reconcile();
  expect(await rows(`select pass from match where operation_id = 'op_l_0'`)).toEqual([]);
  expect((await lineAlone('lost_0')).status).toBe('reopened');
});

it('gives way to the line that repeats our id, whenever that comes', async () => {
  const { id } = await lineAlone('lost_0');
  expect((await relink(id, 'op_l_0')).status).toBe(200);
  await stand.reconcile();
  const [lost] = book.lines;
  if (lost === undefined) throw new Error('no line');
  // In a report of its own: the one with the linked line stays as it was, and matched.
  const real = { ...lost, operationId: 'op_l_0', providerRef: 'real_0', gross: lost.gross - 5n };
  stand.shelf.put('2026-02-01', settlementText('2026-02-01', [real]));
  await stand.reconcile();
  expect(await rows(`select pass, explanation from match where operation_id = 'op_l_0'`)).toEqual([
    { pass: 1, explanation: 'exact' },
  ]);
  expect((await lineAlone('lost_0')).status).toBe('reopened');
  // The link holds neither of them for ever.
  expect((await unlink(id)).status).toBe(200);
});

it('gives way in the run that sees both first, too', async () => {
  const { id } = await lineAlone('lost_9');
  const missing = (await stand.findings('&type=missing_at_psp&status=open')).map(({ tx_id }) => tx_id);
  const operation = ['op_l_1', 'op_l_2'].find((each) => missing.includes(each)) ?? 'none';
  expect((await relink(id, operation)).status).toBe(200);
  const [, other] = book.lines;
  if (other === undefined) throw new Error('no line');
  book.lines.push({ ...other, operationId: operation, providerRef: 'real_1' });
  stand.shelf.put('2026-01-31', book.text().replace('lost_2', 'lost_9'));
  await stand.reconcile();
  expect(await rows(`select pass from match where operation_id = '${operation}'`)).toEqual([{ pass: 1 }]);
});
