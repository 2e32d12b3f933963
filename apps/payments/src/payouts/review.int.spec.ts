import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LedgerTopics } from '@defter/ledger-contracts';
import { toHeaders } from '@defter/platform';
import { eventually } from '@defter/testing';
import { TENANT, TestPayments, tokens } from '../testing/test-payments.js';

let payments: TestPayments;
beforeAll(async () => {
  payments = await TestPayments.start();
});
afterAll(() => payments.stop());

interface Shown {
  readonly id: string;
  readonly payload_hash: string;
}

const request = async (change: object = {}) => {
  const wish = {
    amount_minor: 1000,
    currency: 'TRY',
    customer_id: '42',
    destination: 'TR330006100519786457841326',
    ...change,
  };
  return (await payments.call('POST', '/v1/payouts', { body: wish })).body;
};
const act = (id: string, action: string, body: object = {}, token: string = tokens.ayse) =>
  payments.call('POST', `/v1/payouts/${id}/${action}`, { body, token });
const approve = ({ id, payload_hash }: Shown, token: string) => act(id, 'approve', { payload_hash }, token);
const get = async (id: string, token: string = tokens.ayse) =>
  (await payments.call('GET', `/v1/payouts/${id}`, { token })).body;
const settled = (id: string, status: string) =>
  eventually(async () => {
    const body = await get(id);
    expect(body.status).toBe(status);
    return body;
  });
const allowed = async (id: string, token: string = tokens.ayse) =>
  (await get(id, token)).allowed_actions
    .filter(({ allowed: yes }: { allowed: boolean }) => yes)
    .map(({ action }: { action: string }) => action);
const commands = async (id: string) =>
  (
    await payments.rows<{ message_id: string }>(
      `select message_id from outbox
        where subject = $1 and topic = 'defter.ledger.commands.v1' order by position`,
      [id],
    )
  ).map(({ message_id }) => message_id);

describe('a payout in review', () => {
  it('takes two people from the band on, and one a unit below; says who, as what, until when', async () => {
    const below = await request({ amount_minor: 999_999 });
    expect((await approve(below, tokens.ayse)).body).toMatchObject({ status: 'queued' });
    const at = await request({ amount_minor: 1_000_000 });
    expect(at).toMatchObject({ approvals_required: 2, assignee: null, revision: 1 });
    const untilReview = Date.parse(at.review_deadline) - Date.parse(at.created_at);
    expect(Math.round(untilReview / 60_000)).toBe(60);
    expect(Date.parse(at.sla_breach_at) - Date.parse(at.review_deadline)).toBe(3_600_000);
    expect((await approve(at, tokens.ayse)).body).toMatchObject({ status: 'in_review' });
    expect(await approve(at, tokens.ayse)).toMatchObject({ body: { code: 'already-approved-by-you' } });
    const done = (await approve(at, tokens.mehmet)).body;
    expect(done).toMatchObject({
      status: 'queued',
      approvals: [
        { by: 'ayse', role: 'finance_manager', payload_hash: at.payload_hash, is_void: false },
        { by: 'mehmet', role: 'approver', payload_hash: at.payload_hash, is_void: false },
      ],
    });
    await settled(at.id, 'paid');
  });

  it('that is edited needs new approvals, of others than who edited, and pays what they saw', async () => {
    const asked = await request({ amount_minor: 1_000_000, metadata: { order: '1' } });
    await approve(asked, tokens.ayse);
    const change = { payload_hash: asked.payload_hash, destination: 'DE89370400440532013000' };
    const edited = (await act(asked.id, 'edit', change, tokens.machine)).body;
    expect(edited).toMatchObject({
      ...{ status: 'in_review', revision: 2, revised_by: 'machine', destination: 'DE89370400440532013000' },
      metadata: { order: '1' },
      approvals: [{ by: 'ayse', is_void: true }],
    });
    expect(await approve(asked, tokens.mehmet)).toMatchObject({
      ...{ status: 409, body: { code: 'payout-changed-since-review' } },
    });
    expect(await act(asked.id, 'edit', change, tokens.machine)).toMatchObject({ status: 409 });
    await approve(edited, tokens.mehmet);
    expect((await approve(edited, tokens.ayse)).body.status).toBe('queued');
    const { operation } = await settled(asked.id, 'paid');
    const [sent] = await payments.rows('select instrument from operation where operation_id = $1', [
      operation.operation_id,
    ]);
    expect(sent).toEqual({ instrument: 'DE89370400440532013000' });
  });

  it('that one person edits, the same can’t approve, whoever asked', async () => {
    const asked = await request();
    const back = { payload_hash: asked.payload_hash, destination: 'DE89370400440532013000' };
    const edited = (await act(asked.id, 'edit', back, tokens.ayse)).body;
    expect(await approve(edited, tokens.ayse)).toMatchObject({
      ...{ status: 403, body: { code: 'approver-edited-it' } },
    });
    expect(await allowed(asked.id)).not.toContain('approve');
    expect(await allowed(asked.id, tokens.mehmet)).toContain('approve');
    const again = { payload_hash: edited.payload_hash, destination: 'TR330006100519786457841326' };
    const restored = (await act(asked.id, 'edit', again, tokens.mehmet)).body;
    expect(restored.payload_hash).not.toBe(asked.payload_hash);
    expect(await approve(asked, tokens.ayse)).toMatchObject({ status: 409 });
    expect((await approve(restored, tokens.ayse)).status).toBe(200);
  });

  it('is taken by a person, handed on, and given back', async () => {
    const { id } = await request();
    expect((await act(id, 'review')).body).toMatchObject({ assignee: 'ayse', status: 'in_review' });
    expect((await act(id, 'review', { assignee: 'mehmet' })).body.assignee).toBe('mehmet');
    const { body } = await payments.call('GET', '/v1/payouts?assignee=mehmet', { token: tokens.ayse });
    expect(body.data.map((each: Shown) => each.id)).toEqual([id]);
    expect((await act(id, 'review', { assignee: null })).body.assignee).toBeNull();
    expect(await act(id, 'review', { assignee: 'visitor' })).toMatchObject({
      ...{ status: 422, body: { code: 'assignee-unknown' } },
    });
    expect(await act(id, 'review', {}, tokens.machine)).toMatchObject({ status: 403 });
  });
});

describe('a payout on hold', () => {
  it('waits with its reason, and goes on where it was', async () => {
    const asked = await request();
    const held = (await act(asked.id, 'hold', { reason: 'kyc' })).body;
    expect(held).toMatchObject({ status: 'on_hold', hold_reason: 'kyc' });
    expect(await allowed(asked.id)).toEqual(['reject', 'review', 'release', 'edit', 'cancel']);
    expect(await approve(asked, tokens.ayse)).toMatchObject({ status: 409 });
    expect((await act(asked.id, 'release')).body).toMatchObject({ status: 'in_review', hold_reason: null });
    await approve(asked, tokens.ayse);
    await settled(asked.id, 'paid');
  });

  it('after its approval is not sent before it is released, and then once', async () => {
    const asked = await request({ metadata: { 'test.answer': 'errored, errored, errored, succeeded' } });
    await approve(asked, tokens.ayse);
    const stuck = await eventually(async () => {
      const body = await get(asked.id);
      expect(body).toMatchObject({ status: 'queued', is_stuck: true });
      return body;
    });
    const { operation_id: operationId } = stuck.operation;
    expect((await act(asked.id, 'hold', { reason: 'call the customer' })).body.status).toBe('on_hold');
    expect(await act(asked.id, 'retry')).toMatchObject({ status: 409 });
    const calls = payments.provider.calls.length;
    expect((await act(asked.id, 'release')).body.status).toBe('queued');
    const paid = await settled(asked.id, 'paid');
    expect(paid.operation.operation_id).toBe(operationId);
    expect(payments.provider.effects.get(operationId)).toBe(1);
    expect(payments.provider.calls.length).toBeGreaterThan(calls);
  });

  it('is canceled from there, and gives its hold back', async () => {
    const { id } = await request();
    await act(id, 'hold', { reason: 'fraud?' });
    expect((await act(id, 'cancel', { reason: 'fraud' })).body.status).toBe('canceled');
    expect(await commands(id)).toEqual([`payout:${id}:void`]);
  });
});

describe('a booking that the ledger refuses', () => {
  const refuse = (commandId: string, code: string) => {
    const body = { ledger: 'main', commandId, commandType: 'PostHold', code, detail: '' };
    const event = { id: `r ${commandId}`, type: 'LedgerRefusal', source: 'ledger', tenantId: TENANT };
    return payments.messaging.publish([
      {
        ...{ topic: LedgerTopics.refusals.name, key: `${TENANT}/main`, value: JSON.stringify(body) },
        headers: toHeaders({ ...event, time: new Date() }),
      },
    ]);
  };

  it('because somebody voided the hold is made good by a late debit, and told', async () => {
    const asked = await request();
    await approve(asked, tokens.ayse);
    await settled(asked.id, 'paid');
    await refuse(`payout:${asked.id}:post`, 'hold-already-voided');
    await eventually(async () =>
      expect(await get(asked.id)).toMatchObject({
        ...{ status: 'paid', is_stuck: false, needs_attention: ['hold-ended-by-others'] },
      }),
    );
    expect(await commands(asked.id)).toEqual([`payout:${asked.id}:post`, `payout:${asked.id}:late_debit`]);
    await refuse(`payout:${asked.id}:late_debit`, 'insufficient-funds');
    const { needs_attention: attention } = await eventually(async () => {
      const body = await get(asked.id);
      expect(body.is_stuck).toBe(true);
      return body;
    });
    expect(attention).toEqual(['hold-ended-by-others', 'late_debit-refused-by-ledger']);
    // Paid, and nobody has the money for it: our loss.
    expect((await commands(asked.id)).at(-1)).toBe(`payout:${asked.id}:loss`);
  });

  it('because somebody posted the hold is made good by a return, where it was not paid', async () => {
    const asked = await request();
    await act(asked.id, 'reject', { reason: 'fraud' });
    await refuse(`payout:${asked.id}:void`, 'hold-already-posted');
    await eventually(async () =>
      expect(await commands(asked.id)).toEqual([`payout:${asked.id}:void`, `payout:${asked.id}:return`]),
    );
    expect((await get(asked.id)).is_stuck).toBe(false);
  });

  it('for another reason is for people', async () => {
    const asked = await request();
    await act(asked.id, 'reject', { reason: 'fraud' });
    await refuse(`payout:${asked.id}:void`, 'ledger-closed');
    await eventually(async () =>
      expect(await get(asked.id)).toMatchObject({
        ...{ is_stuck: true, needs_attention: ['void-refused-by-ledger'] },
      }),
    );
    expect(await commands(asked.id)).toHaveLength(1);
  });
});
