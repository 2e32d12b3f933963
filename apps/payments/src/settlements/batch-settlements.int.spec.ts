import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseSettings } from '@defter/backoffice-contracts';
import { SettingsFile } from '@defter/platform';
import { eventually } from '@defter/testing';
import { TENANT, TestPayments, tokens } from '../testing/test-payments.js';
import { tellPaid } from '../testing/told.js';

let payments: TestPayments;
beforeAll(async () => {
  payments = await TestPayments.start();
});
afterAll(() => payments.stop());

const settle = async (settlements: 'proposed' | 'automatic'): Promise<void> => {
  payments.keepTenants([TENANT], { settlements });
  // Otherwise it is seen at the next look.
  await payments.instances[0]?.get(SettingsFile).reread(parseSettings);
};
const listed = async () => {
  const { body } = await payments.call('GET', '/v1/settlements?connection_id=c_one&page_size=100');
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into foreign JSON
  return body.data as any[];
};
const ofBatch = async (batchRef: string) =>
  (await listed()).filter(({ batch, reference }) => batch?.reference === batchRef || reference === batchRef);
const one = (batchRef: string) =>
  eventually(async () => {
    const [settlement, ...more] = await ofBatch(batchRef);
    expect(more).toEqual([]);
    expect(settlement).toBeDefined();
    return settlement;
  });
const commandsOf = (id: string) =>
  payments.rows<{ body: string }>(
    `select body from outbox where subject = $1 and topic = 'defter.ledger.commands.v1'`,
    [id],
  );
const postingsOf = async (id: string) => {
  const commands = await commandsOf(id);
  expect(commands).toHaveLength(1);
  const { postings } = JSON.parse(commands[0]?.body ?? '{}');
  return postings.map((each: Record<string, string>) =>
    [each['source'], each['destination'], each['amount'], each['asset']].join(' '),
  );
};
const troubles = async (batchRef: string) => {
  const rows = await payments.rows<{ body: string }>(
    `select body from outbox where topic = 'defter.payments.anomalies.v1' and subject = $1 order by position`,
    [batchRef],
  );
  return rows.map(({ body }) => JSON.parse(body) as { kind: string; reason: string });
};
const inbox = (id: string) =>
  eventually(async () =>
    expect(await payments.rows('select from inbox where message_id = $1', [id])).toHaveLength(1),
  );
const ask = (reference: string, amount = 975, currency = 'TRY') =>
  payments.call('POST', '/v1/settlements', {
    body: { connection_id: 'c_one', reference, amount_minor: amount, currency },
    token: tokens.mehmet,
  });
const approve = (id: string, hash: string, token = tokens.ayse) =>
  payments.call('POST', `/v1/settlements/${id}/approve`, { body: { payload_hash: hash }, token });
const MOVED = 'bank:c_one psp:c_one:receivable 975 TRY/2';

describe('a batch that the bank has credited', () => {
  it('is proposed, with its figures, and books nothing before a person approves it, once', async () => {
    await tellPaid(payments, { batchRef: 'B-100001' });
    const proposed = await one('B-100001');
    expect(proposed).toMatchObject({
      ...{ status: 'requested', reference: 'B-100001/TRY', amount_minor: 975, automatic: false },
      ...{ requested_by: 'service:reconciliation', bookings: [], fee_difference_minor: 0 },
      batch: { gross_minor: 1000, fees_minor: 25, net_minor: 975, bank_minor: 975, unlike_lines: 0 },
    });
    expect(await commandsOf(proposed.id)).toEqual([]);
    const codes = [];
    for (let nth = 0; nth < 2; nth++) codes.push((await approve(proposed.id, proposed.payload_hash)).status);
    expect(codes).toEqual([200, 409]);
    expect(await postingsOf(proposed.id)).toEqual([MOVED]);
  });

  it('is booked at once where the tenant says so, whatever is repeated', async () => {
    await settle('automatic');
    await tellPaid(
      payments,
      { batchRef: 'B-100002', grossMinor: '1025', netMinor: '1000', bankMinor: '1000' },
      'm1',
    );
    const booked = await one('B-100002');
    expect(booked).toMatchObject({ status: 'approved', approved_by: null, automatic: true });
    const again = { batchRef: 'B-100002', grossMinor: '1025', netMinor: '1000', bankMinor: '1000' };
    // The same message, and another one that says the same (a report that was issued again).
    await tellPaid(payments, again, 'm1');
    await tellPaid(payments, again, 'm2');
    await inbox('m2');
    await one('B-100002');
    expect(await postingsOf(booked.id)).toEqual(['bank:c_one psp:c_one:receivable 1000 TRY/2']);
    expect(await troubles('B-100002')).toEqual([]);
    await settle('proposed');
  });

  it('with another fee than was booked waits for a person, who books the difference', async () => {
    await settle('automatic');
    const figures = { grossMinor: '1100', feesMinor: '27', netMinor: '1073', bankMinor: '1073' };
    await tellPaid(payments, { batchRef: 'B-100003', ...figures });
    const proposed = await one('B-100003');
    expect(proposed).toMatchObject({ status: 'requested', fee_difference_minor: 2 });
    expect((await approve(proposed.id, proposed.payload_hash)).status).toBe(200);
    expect(await postingsOf(proposed.id)).toEqual([
      'bank:c_one psp:c_one:receivable 1073 TRY/2',
      'fees:provider psp:c_one:receivable 2 TRY/2',
    ]);
    await settle('proposed');
  });

  it('is not approved by whoever handed its files in, says the database, too', async () => {
    const figures = { grossMinor: '1200', netMinor: '1175', bankMinor: '1175' };
    await tellPaid(payments, { batchRef: 'B-100004', ...figures, handedInBy: ['ayse'] });
    const { id, payload_hash: hash } = await one('B-100004');
    expect(await approve(id, hash)).toMatchObject({ status: 403, body: { code: 'approver-handed-it-in' } });
    const update = payments.rows(
      `update settlement set approved_by = 'ayse', approved_hash = $3, approved_at = now()
        where tenant_id = $1 and settlement_id = $2`,
      [TENANT, id, hash],
    );
    await expect(update).rejects.toThrow('settlement_not_by_its_evidence');
    expect((await approve(id, hash, tokens.mehmet)).status).toBe(200);
    expect(await commandsOf(id)).toHaveLength(1);
  });
});

describe('a proposal whose figures change before it is approved', () => {
  it('is renewed: it books the fee of now, and not by the hash of before', async () => {
    const money = { batchRef: 'B-110001', grossMinor: '8025', netMinor: '8000', bankMinor: '8000' };
    // Nothing matched yet: no fee is known to be booked.
    await tellPaid(payments, { ...money, bookedFeesMinor: '0', unlikeLines: 1, handedInBy: ['can'] }, 'q1');
    const before = await one('B-110001');
    expect(before).toMatchObject({ fee_difference_minor: 0, batch: { unlike_lines: 1 } });
    await tellPaid(payments, { ...money, bookedFeesMinor: '22', unlikeLines: 0 }, 'q2');
    await inbox('q2');
    const after = await one('B-110001');
    expect(after).toMatchObject({ id: before.id, status: 'requested', fee_difference_minor: 3 });
    expect(after).toMatchObject({ similar_to: null, batch: { unlike_lines: 0, booked_fees_minor: 22 } });
    const evidence = await payments.rows('select evidence_by from settlement where settlement_id = $1', [
      after.id,
    ]);
    expect(evidence).toEqual([{ evidence_by: ['can'] }]);
    // The same by another run is not news.
    await tellPaid(payments, { ...money, bookedFeesMinor: '22', unlikeLines: 0, runId: 'run_2' }, 'q3');
    await inbox('q3');
    expect((await approve(before.id, before.payload_hash)).status).toBe(409);
    expect((await approve(after.id, after.payload_hash)).status).toBe(200);
    const postings = [
      'bank:c_one psp:c_one:receivable 8000 TRY/2',
      'fees:provider psp:c_one:receivable 3 TRY/2',
    ];
    expect(await postingsOf(after.id)).toEqual(postings);
    // Approved, it stays as it was seen.
    await tellPaid(payments, { ...money, bookedFeesMinor: '25', unlikeLines: 0 }, 'q4');
    await inbox('q4');
    expect(await one('B-110001')).toMatchObject({
      payload_hash: after.payload_hash,
      fee_difference_minor: 3,
    });
    const change = payments.rows('update settlement set fee_difference_minor = 0 where settlement_id = $1', [
      after.id,
    ]);
    await expect(change).rejects.toThrow('is not changed any more');
  });

  it('becomes the one or the other when it is approved at the same moment', async () => {
    const money = { batchRef: 'B-110002', grossMinor: '8125', netMinor: '8100', bankMinor: '8100' };
    await tellPaid(payments, { ...money, unlikeLines: 1 }, 's1');
    const before = await one('B-110002');
    const [approval] = await Promise.all([
      approve(before.id, before.payload_hash),
      tellPaid(payments, { ...money, bookedFeesMinor: '20' }, 's2'),
    ]);
    await inbox('s2');
    const after = await one('B-110002');
    const approved = { status: 'approved', payload_hash: before.payload_hash, fee_difference_minor: 0 };
    const renewed = { status: 'requested', fee_difference_minor: 5 };
    expect(after).toMatchObject(approval.status === 200 ? approved : renewed);
    expect(await commandsOf(after.id)).toHaveLength(approval.status === 200 ? 1 : 0);
  });
});

describe('a batch that a person has asked for', () => {
  it.each(['B-200001', 'B-200002/TRY'])(
    'by the name %s is not settled twice, in whatever order',
    async (name) => {
      await settle('automatic');
      const batchRef = name.split('/')[0] ?? name;
      const amount = 2000 + Number.parseInt(batchRef.slice(-1), 10);
      const figures = { grossMinor: `${amount + 25}`, netMinor: `${amount}`, bankMinor: `${amount}` };
      const { body: asked } = await ask(name, amount);
      await tellPaid(payments, { batchRef, ...figures }, `m-${batchRef}`);
      await inbox(`m-${batchRef}`);
      expect(await commandsOf(asked.id)).toEqual([]);
      const all = (await listed()).filter(({ amount_minor }) => amount_minor === amount);
      expect(all.map(({ id }) => id)).toEqual([asked.id]);
      expect(await troubles(batchRef)).toEqual([]);
      await settle('proposed');
    },
  );

  it('after it was proposed, or booked, is the same one', async () => {
    const figures = { grossMinor: '3025', netMinor: '3000', bankMinor: '3000' };
    await tellPaid(payments, { batchRef: 'B-200003', ...figures });
    const { id } = await one('B-200003');
    expect(await ask('B-200003', 3000)).toMatchObject({ status: 201, body: { id, created: false } });
    expect(await ask('B-200003/TRY', 3000)).toMatchObject({ status: 201, body: { id, created: false } });
    expect(await ask('B-200003', 3001)).toMatchObject({
      ...{ status: 409, body: { code: 'settlement-reference-taken' } },
    });
  });

  it('at the same moment is settled once', async () => {
    const figures = { grossMinor: '4025', netMinor: '4000', bankMinor: '4000' };
    await Promise.all([
      ...Array.from({ length: 4 }, (_, nth) =>
        tellPaid(payments, { batchRef: 'B-200004', ...figures }, `r${nth}`),
      ),
      ...Array.from({ length: 4 }, () => ask('B-200004', 4000)),
    ]);
    for (const nth of [0, 1, 2, 3]) await inbox(`r${nth}`);
    await one('B-200004');
  });

  it('by another name is shown beside it, and nothing is booked without a person', async () => {
    await settle('automatic');
    const { body: asked } = await ask('FT-771', 5000);
    const figures = { grossMinor: '5025', netMinor: '5000', bankMinor: '5000' };
    await tellPaid(payments, { batchRef: 'B-200005', ...figures });
    expect(await one('B-200005')).toMatchObject({ status: 'requested', similar_to: asked.id });
    const named = { grossMinor: '5125', netMinor: '5100', bankMinor: '5100', bankReferences: ['FT-771'] };
    await tellPaid(payments, { batchRef: 'B-200006', ...named });
    expect(await one('B-200006')).toMatchObject({ status: 'requested', similar_to: asked.id });
    await settle('proposed');
  });
});

describe('a credit of the bank', () => {
  const figures = { grossMinor: '7025', netMinor: '7000', bankMinor: '7000' };

  it.each(['automatic', 'proposed'] as const)(
    'is settled once, whatever its batch is called later (%s)',
    async (mode) => {
      await settle(mode);
      const [first, second] = [`B-40-${mode}`, `B-41-${mode}`];
      const told = { ...figures, bankLines: [`line-${mode}-1`, `line-${mode}-2`] };
      await tellPaid(payments, { batchRef: first, ...told });
      const { id, automatic } = await one(first);
      // The report is issued again: other names, and one part of the credit more.
      await tellPaid(
        payments,
        { batchRef: second, ...told, bankLines: [`line-${mode}-2`, 'x'] },
        `n-${mode}`,
      );
      await inbox(`n-${mode}`);
      const reason = `what the bank credited for it is in settlement ${id} already`;
      expect(await troubles(second)).toMatchObject([{ kind: 'settlement_refused', reason }]);
      expect(await ofBatch(second)).toEqual([]);
      expect(await commandsOf(id)).toHaveLength(automatic ? 1 : 0);
      await settle('proposed');
    },
  );

  it('is known, too, of a settlement that a person asked for by the batch’s name', async () => {
    const { body: asked } = await ask('B-420001', 7100);
    const told = { grossMinor: '7125', netMinor: '7100', bankMinor: '7100', bankLines: ['line-42'] };
    await tellPaid(payments, { batchRef: 'B-420001', ...told }, 'p1');
    await inbox('p1');
    await tellPaid(payments, { batchRef: 'B-420002', ...told }, 'p2');
    await inbox('p2');
    expect(await troubles('B-420001')).toEqual([]);
    const reason = `what the bank credited for it is in settlement ${asked.id} already`;
    expect(await troubles('B-420002')).toMatchObject([{ reason }]);
  });

  it.each([
    ['amount', { grossMinor: '7225', netMinor: '7200', bankMinor: '7200' }, {}],
    ['bank reference', { grossMinor: '7325', netMinor: '7300', bankMinor: '7300' }, { by: 1 }],
  ])(
    'of the same %s as another batch’s waits for a person',
    async (what, told, { by = 0 }: { by?: number }) => {
      await settle('automatic');
      const [first, second] = [`B-43-${what}`, `B-44-${what}`];
      const bankReferences = [`FT-${what}`];
      await tellPaid(payments, { batchRef: first, ...told, bankReferences, bankLines: [`${what} 1`] });
      const { id } = await one(first);
      const more = { grossMinor: `${BigInt(told.grossMinor) + BigInt(by)}`, bankLines: [`${what} 2`] };
      const sum = `${BigInt(told.netMinor) + BigInt(by)}`;
      const other = { ...told, ...more, netMinor: sum, bankMinor: sum, ...(by > 0 && { bankReferences }) };
      await tellPaid(payments, { batchRef: second, ...other });
      expect(await one(second)).toMatchObject({ status: 'requested', similar_to: id });
      await settle('proposed');
    },
  );
});

describe('a batch whose figures are not right', () => {
  it.each([
    ['B-300001', { netMinor: '976', bankMinor: '976' }, 'its net is 976 TRY, gross less fees gives 975'],
    ['B-300002', { bankMinor: '974' }, 'its net is 975 TRY, the bank booked 974'],
    [
      'B-300003',
      { grossMinor: '-975', feesMinor: '0', netMinor: '-975', bankMinor: '-975' },
      'its net is -975 TRY, which no bank credits',
    ],
    ['B-300004', { connectionId: 'c_two' }, 'the tenant has no connection c_two'],
  ])(
    '%s is refused and told to people, once; the right ones settle it and say so',
    async (batchRef, wrong, reason) => {
      await settle('automatic');
      await tellPaid(payments, { batchRef, ...wrong }, `w-${batchRef}`);
      await tellPaid(payments, { batchRef, ...wrong }, `w-${batchRef}`);
      await inbox(`w-${batchRef}`);
      const refused = { kind: 'settlement_refused', reason };
      expect(await troubles(batchRef)).toMatchObject([refused]);
      expect(await ofBatch(batchRef)).toEqual([]);
      await settle('proposed');
      if (batchRef === 'B-300004') return;
      await tellPaid(payments, { batchRef }, `v-${batchRef}`);
      await one(batchRef);
      expect(await troubles(batchRef)).toMatchObject([refused, { kind: 'settlement_taken' }]);
    },
  );

  it('is of other money than what was settled before: told to people, not booked', async () => {
    await settle('automatic');
    const figures = { grossMinor: '6025', netMinor: '6000', bankMinor: '6000' };
    await tellPaid(payments, { batchRef: 'B-300005', ...figures });
    const { id } = await one('B-300005');
    await tellPaid(
      payments,
      { batchRef: 'B-300005', grossMinor: '6015', netMinor: '5990', bankMinor: '5990' },
      'm9',
    );
    await inbox('m9');
    const reason = `settlement ${id} of it is of 6000 TRY`;
    expect(await troubles('B-300005')).toMatchObject([{ kind: 'settlement_refused', reason }]);
    expect(await postingsOf(id)).toEqual(['bank:c_one psp:c_one:receivable 6000 TRY/2']);
    await one('B-300005');
    await settle('proposed');
  });
});
