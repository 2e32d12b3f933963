import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import { TENANT, TestPayments, tokens } from '../testing/test-payments.js';

let payments: TestPayments;
beforeAll(async () => {
  payments = await TestPayments.start();
});
afterEach(() => {
  payments.ledger.mood = 'well';
});
afterAll(() => payments.stop());

const wish = (change: object = {}) => ({
  ...{ amount_minor: 1000, currency: 'TRY', customer_id: '42', destination: 'TR330006100519786457841326' },
  ...change,
});
const request = (change: object = {}, options: object = {}) =>
  payments.call('POST', '/v1/payouts', { body: wish(change), token: tokens.machine, ...options });
const approve = (payout: { id: string; payload_hash: string }, options: object = {}) =>
  payments.call('POST', `/v1/payouts/${payout.id}/approve`, {
    body: { payload_hash: payout.payload_hash },
    token: tokens.ayse,
    ...options,
  });
const get = async (id: string, token: string = tokens.ayse) =>
  (await payments.call('GET', `/v1/payouts/${id}`, { token })).body;
const settled = (id: string, status: string) =>
  eventually(async () => {
    const body = await get(id);
    expect(body.status).toBe(status);
    return body;
  });
const commands = async (id: string) =>
  (
    await payments.rows<{ message_id: string }>(
      `select message_id from outbox
        where subject = $1 and topic = 'defter.ledger.commands.v1' order by position`,
      [id],
    )
  ).map(({ message_id }) => message_id);

describe('a withdrawal', () => {
  it('is held, approved by another person, paid, and the hold posted', async () => {
    const { status, body } = await request();
    expect(status).toBe(201);
    expect(body).toMatchObject({ status: 'in_review', requested_by: 'machine' });
    expect(payments.ledger.holds.get(body.id)).toMatchObject({
      pending: true,
      reference: `payout:${body.id}`,
      postings: [
        { source: 'users:42:main', destination: 'psp:c_one:receivable', amount: '1000', asset: 'TRY/2' },
      ],
    });
    expect((await approve(body)).body.status).toBe('queued');
    const paid = await settled(body.id, 'paid');
    expect(paid.approvals).toMatchObject([{ by: 'ayse', payload_hash: body.payload_hash }]);
    expect(await commands(body.id)).toEqual([`payout:${body.id}:post`]);
  });

  it('paid and then returned is booked back, once, however often and early it is said', async () => {
    const { body } = await request({ metadata: { 'test.answer': 'pending' } });
    await approve(body);
    const { operation } = await settled(body.id, 'in_transit');
    const facts = {
      operationId: operation.operation_id,
      kind: 'payout',
      amountMinor: '1000',
      currency: 'TRY',
    } as const;
    await payments.hear(
      { facts: { ...facts, result: 'returned' } },
      { facts: { ...facts, result: 'succeeded' } },
      { facts: { ...facts, result: 'returned' } },
    );
    await settled(body.id, 'returned');
    await eventually(async () => {
      const heard = await payments.rows('select from observation where operation_id = $1', [
        operation.operation_id,
      ]);
      expect(heard).toHaveLength(4);
    });
    expect(await commands(body.id)).toEqual([`payout:${body.id}:post`, `payout:${body.id}:return`]);
  });

  it('declined by the provider, or rejected by a person, gives the hold back', async () => {
    const declined = (await request({ metadata: { 'test.answer': 'declined' } })).body;
    await approve(declined);
    await settled(declined.id, 'failed');
    expect(await commands(declined.id)).toEqual([`payout:${declined.id}:void`]);
    const rejected = (await request()).body;
    const answer = await payments.call('POST', `/v1/payouts/${rejected.id}/reject`, {
      body: { reason: 'fraud' },
      token: tokens.ayse,
    });
    expect(answer.body).toMatchObject({ status: 'rejected', refused_because: 'fraud' });
    expect(await commands(rejected.id)).toEqual([`payout:${rejected.id}:void`]);
  });

  it('one kuruş above the funds is refused, and the same key is refused the same way for ever', async () => {
    payments.ledger.available.set('users:poor:main', 999n);
    const idempotencyKey = randomUUID();
    const first = await request({ customer_id: 'poor' }, { idempotencyKey });
    expect(first).toMatchObject({ status: 422, body: { code: 'insufficient-funds' } });
    payments.ledger.available.set('users:poor:main', 5000n);
    const again = await request({ customer_id: 'poor' }, { idempotencyKey });
    expect(again).toMatchObject({ status: 422, body: { code: 'insufficient-funds' } });
    expect(again.headers.get('idempotency-hit')).toBe('true');
    expect((await request({ customer_id: 'poor' })).status).toBe(201);
  });

  it('asked for 20 times at once with one key is one payout with one hold', async () => {
    const idempotencyKey = randomUUID();
    const before = payments.ledger.holds.size;
    const answers = await Promise.all(Array.from({ length: 20 }, () => request({}, { idempotencyKey })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(payments.ledger.holds.size).toBe(before + 1);
    const other = await request({ amount_minor: 1 }, { idempotencyKey });
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  });
});

describe('two people', () => {
  it('are needed: not the requester, not a machine, not for other content', async () => {
    const { body } = await request({}, { token: tokens.ayse });
    expect(await approve(body)).toMatchObject({ status: 403, body: { code: 'approver-is-requester' } });
    expect(await approve(body, { token: tokens.machine })).toMatchObject({
      status: 403,
      body: { code: 'person-required' },
    });
    const other = { ...body, payload_hash: '0'.repeat(64) };
    expect(await approve(other, { token: tokens.mehmet })).toMatchObject({
      status: 409,
      body: { code: 'payout-changed-since-review' },
    });
    const seenBy = async (token: string) =>
      (await get(body.id, token)).allowed_actions.find(
        ({ action }: { action: string }) => action === 'approve',
      );
    expect(await seenBy(tokens.ayse)).toMatchObject({
      allowed: false,
      reason: 'The person who asked cannot approve',
    });
    expect(await seenBy(tokens.mehmet)).toMatchObject({ allowed: true });
    // The button's key is the person's own, and what one was refused answers nobody else under any key.
    const { idempotency_key: idempotencyKey } = await seenBy(tokens.ayse);
    expect((await seenBy(tokens.mehmet)).idempotency_key).not.toBe(idempotencyKey);
    expect((await approve(body, { token: tokens.ayse, idempotencyKey })).status).toBe(403);
    expect((await approve(body, { token: tokens.mehmet, idempotencyKey })).status).toBe(200);
  });

  it('are needed by the database too', async () => {
    const { body } = await request({}, { token: tokens.ayse });
    const insert = (by: string, requester: string, editor: string, hash: string = body.payload_hash) =>
      payments.rows(
        `insert into payout_approval (tenant_id, payout_id, revision, approved_by, role, requested_by,
                                      revised_by, payload_hash, note)
         values ($1, $2, 1, $3, '', $4, $5, $6, '')`,
        [TENANT, body.id, by, requester, editor, hash],
      );
    await expect(insert('ayse', 'ayse', 'mehmet')).rejects.toThrow('payout_approval_two_people');
    await expect(insert('mehmet', 'ayse', 'mehmet')).rejects.toThrow('payout_approval_not_own_edit');
    await expect(insert('ayse', 'mehmet', 'mehmet')).rejects.toThrow('foreign key');
    await expect(insert('mehmet', 'ayse', 'ayse', 'other')).rejects.toThrow('foreign key');
    await expect(payments.rows('update payout_approval set note = $1', ['x'])).rejects.toThrow(
      'permission denied',
    );
  });

  it('approving 20 times at once pays once', async () => {
    const { body } = await request();
    const answers = await Promise.all(Array.from({ length: 20 }, () => approve(body)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array.from({ length: 19 }, () => 409)]);
    const { operation } = await settled(body.id, 'paid');
    expect(payments.provider.effects.get(operation.operation_id)).toBe(1);
    const operations = await payments.rows('select from operation where owner_id = $1', [body.id]);
    expect(operations).toHaveLength(1);
  });

  it('pressing a button twice is one action, with the key that the button carries', async () => {
    const { body } = await request();
    const [button] = body.allowed_actions;
    const options = { idempotencyKey: button.idempotency_key };
    const [first, second] = await Promise.all([approve(body, options), approve(body, options)]);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.body).toEqual(first.body);
  });
});

describe('a payout whose call never left', () => {
  it('waits for a person when its ladder ends: retry sends it, cancel gives the hold back', async () => {
    const errored = 'errored, errored, errored';
    const retried = (await request({ metadata: { 'test.answer': `${errored}, succeeded` } })).body;
    const canceled = (await request({ metadata: { 'test.answer': errored } })).body;
    await approve(retried);
    await approve(canceled);
    const stuck = await eventually(async () => {
      const { body } = await payments.call('GET', '/v1/payouts?stuck=true', { token: tokens.ayse });
      const ids = body.data.map(({ id }: { id: string }) => id);
      expect(ids).toEqual(expect.arrayContaining([retried.id, canceled.id]));
      return body.data.find(({ id }: { id: string }) => id === retried.id);
    });
    const allowed = stuck.allowed_actions.filter(({ allowed: yes }: { allowed: boolean }) => yes);
    expect(allowed.map(({ action }: { action: string }) => action)).toEqual(['hold', 'cancel', 'retry']);
    await payments.call('POST', `/v1/payouts/${retried.id}/retry`, { token: tokens.ayse });
    await settled(retried.id, 'paid');
    await payments.call('POST', `/v1/payouts/${canceled.id}/cancel`, {
      token: tokens.ayse,
      body: { reason: 'asked' },
    });
    await settled(canceled.id, 'canceled');
    expect(await commands(canceled.id)).toEqual([`payout:${canceled.id}:void`]);
    expect(await commands(retried.id)).toEqual([`payout:${retried.id}:post`]);
  });
});

describe('a payout whose hold is not known', () => {
  it('is reserving, and the sweeper asks with the same key', async () => {
    for (const mood of ['dies before holding', 'dies after holding'] as const) {
      payments.ledger.mood = mood;
      const idempotencyKey = randomUUID();
      expect(await request({}, { idempotencyKey })).toMatchObject({
        status: 503,
        body: { code: 'ledger-away' },
      });
      const [row] = await payments.rows<{ payout_id: string; status: string }>(
        `select payout.payout_id, status from payout join payout_request using (tenant_id, payout_id)
          where idempotency_key = $1`,
        [idempotencyKey],
      );
      expect(row?.status).toBe('reserving');
      payments.ledger.mood = 'well';
      const { id } = await settled(row?.payout_id ?? '', 'in_review');
      const again = await request({}, { idempotencyKey });
      expect(again).toMatchObject({ status: 201, body: { id, status: 'in_review' } });
      expect(
        [...payments.ledger.holds.values()].filter(({ reference }) => reference === `payout:${id}`),
      ).toHaveLength(1);
    }
  });
});
