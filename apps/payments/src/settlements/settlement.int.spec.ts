import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TENANT, TestPayments, tokens } from '../testing/test-payments.js';

let payments: TestPayments;
beforeAll(async () => {
  payments = await TestPayments.start(['http']);
});
afterAll(() => payments.stop());

const wish = { connection_id: 'c_one', reference: 'transfer-1', amount_minor: 1072, currency: 'TRY' };
const ask = (change: object = {}, token = tokens.mehmet) =>
  payments.call('POST', '/v1/settlements', { body: { ...wish, ...change }, token });
const approve = (id: string, hash: string, token = tokens.ayse, otherThan?: readonly string[]) => {
  const body = { payload_hash: hash, ...(otherThan && { other_than: otherThan }) };
  return payments.call('POST', `/v1/settlements/${id}/approve`, { body, token });
};
const commandsOf = (id: string) =>
  payments.rows<{ body: string }>(
    `select body from outbox where subject = $1 and topic = 'defter.ledger.commands.v1'`,
    [id],
  );
const approveActionOf = async (id: string, token: string) => {
  const { body } = await payments.call('GET', `/v1/settlements/${id}`, { token });
  return body.allowed_actions[0];
};

describe('a settlement', () => {
  it('is one per reference, and books nothing before it is approved', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask()));
    expect(new Set(answers.map(({ status, body: { id } }) => `${status} ${id}`)).size).toBe(1);
    expect(answers.filter(({ body: { created } }) => created)).toHaveLength(1);
    const [{ body: settlement } = { body: {} }] = answers;
    expect(settlement).toMatchObject({ status: 'requested', bookings: [], approved_by: null });
    expect(await commandsOf(settlement.id)).toEqual([]);
    expect(await ask({ amount_minor: 1073 })).toMatchObject({
      ...{ status: 409, body: { code: 'settlement-reference-taken' } },
    });
    const { body: list } = await payments.call('GET', '/v1/settlements?connection_id=c_one');
    expect(list.data).toMatchObject([{ id: settlement.id, amount_minor: 1072 }]);
  });

  it('moves what the provider owed to the bank once another person approves, once', async () => {
    const { body: asked } = await ask({ reference: 'transfer-2' }, tokens.mehmet);
    const answers = await Promise.all(
      [tokens.ayse, tokens.ayse, tokens.ayse].map((token) => approve(asked.id, asked.payload_hash, token)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    const approved = answers.find(({ status }) => status === 200)?.body;
    expect(approved).toMatchObject({ status: 'approved', requested_by: 'mehmet', approved_by: 'ayse' });
    expect(approved.bookings).toMatchObject([{ kind: 'settlement', state: 'requested' }]);
    const [command, ...more] = await commandsOf(asked.id);
    expect(more).toEqual([]);
    expect(JSON.parse(command?.body ?? '')).toMatchObject({
      reference: `settlement:${asked.id}`,
      postings: [
        { source: 'bank:c_one', destination: 'psp:c_one:receivable', amount: '1072', asset: 'TRY/2' },
      ],
    });
  });

  it('that looks like a booked one is approved only by naming that one', async () => {
    const { body: first } = await ask({ reference: 'transfer-7', amount_minor: 2000 });
    expect((await approve(first.id, first.payload_hash)).status).toBe(200);
    const { body: second } = await ask({ reference: 'transfer-8', amount_minor: 2000 });
    expect(second.similar_to).toBe(first.id);
    const looksBooked = { status: 409, body: { code: 'settlement-looks-booked', settlementId: first.id } };
    expect(await approve(second.id, second.payload_hash)).toMatchObject(looksBooked);
    expect(await approve(second.id, second.payload_hash, tokens.ayse, [second.id])).toMatchObject(
      looksBooked,
    );
    expect(await commandsOf(second.id)).toEqual([]);
    expect((await approve(second.id, second.payload_hash, tokens.ayse, [first.id])).status).toBe(200);
  });

  it('of two that look the same one is approved, when both are at the same moment', async () => {
    for (const round of [0, 1, 2, 3]) {
      const amount_minor = 3000 + round;
      const names = [`twin-${round}-a`, `twin-${round}-b`];
      const both = await Promise.all(
        names.map(async (reference) => (await ask({ reference, amount_minor })).body),
      );
      const answers = await Promise.all(both.map(({ id, payload_hash: hash }) => approve(id, hash)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    }
  });

  it('has a reference that people can tell from others, and a currency of its provider', async () => {
    const { body: first } = await ask({ reference: 'transfer-9' });
    const again = await ask({ reference: ' transfer-9  ' });
    expect([again.body.id, again.body.created]).toEqual([first.id, false]);
    expect(await ask({ reference: '   ' })).toMatchObject({ status: 400, body: { code: 'malformed' } });
    const unknown = { status: 422, body: { code: 'currency-not-supported' } };
    expect(await ask({ reference: 'transfer-10', currency: 'XXX' })).toMatchObject(unknown);
  });

  it('is asked for by no machine: whoever holds its key could approve as themselves', async () => {
    const answer = await ask({ reference: 'transfer-5' }, tokens.machine);
    expect(answer).toMatchObject({ status: 403, body: { code: 'person-required' } });
    const rows = await payments.rows(`select from settlement where reference = 'transfer-5'`);
    expect(rows).toEqual([]);
  });

  it('is approved neither by who asked, nor by a machine, nor for other content', async () => {
    const { body: asked } = await ask({ reference: 'transfer-3' }, tokens.ayse);
    const codeOf = async (answer: ReturnType<typeof approve>) => (await answer).body.code;
    expect(await codeOf(approve(asked.id, asked.payload_hash))).toBe('approver-is-requester');
    expect(await codeOf(approve(asked.id, asked.payload_hash, tokens.machine))).toBe('person-required');
    expect(await codeOf(approve(asked.id, '0'.repeat(64), tokens.mehmet))).toBe('settlement-not-as-seen');
    expect((await approve(asked.id, asked.payload_hash, tokens.stranger)).status).toBe(404);
    expect((await approve(asked.id, asked.payload_hash, tokens.visitor)).status).toBe(403);
    expect(await approveActionOf(asked.id, tokens.ayse)).toMatchObject({ allowed: false });
    expect(await approveActionOf(asked.id, tokens.mehmet)).toMatchObject({ allowed: true, reason: null });
    expect(await commandsOf(asked.id)).toEqual([]);
  });

  it('needs two people and what was seen by the database, too', async () => {
    const { body: asked } = await ask({ reference: 'transfer-4' }, tokens.ayse);
    const update = (by: string, hash: string) =>
      payments.rows(
        `update settlement set approved_by = $3, approved_hash = $4, approved_at = now()
          where tenant_id = $1 and settlement_id = $2`,
        [TENANT, asked.id, by, hash],
      );
    await expect(update('ayse', asked.payload_hash)).rejects.toThrow('settlement_two_people');
    await expect(update('mehmet', 'other')).rejects.toThrow('settlement_as_seen');
  });

  it('is not taken from a process of before, which would book it at once and alone', async () => {
    const insert = payments.rows(
      `insert into settlement (tenant_id, settlement_id, connection_id, reference, amount_minor, currency,
                               requested_by)
       values ($1, 'st_before', 'c_one', 'transfer-6', 1, 'TRY', 'shop-backend')`,
      [TENANT],
    );
    await expect(insert).rejects.toThrow('settlement_shown');
  });
});
