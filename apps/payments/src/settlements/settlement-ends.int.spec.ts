import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { settling } from '../testing/settling.js';
import { type Answer, TENANT, TestPayments, tokens } from '../testing/test-payments.js';
import { tellPaid } from '../testing/told.js';

let payments: TestPayments;
let on: ReturnType<typeof settling>;
beforeAll(async () => {
  payments = await TestPayments.start();
  on = settling(payments);
});
afterAll(() => payments.stop());

const reason = 'It is a transfer of another shop';
const INSTANT = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;
const codes = (answers: readonly Answer[]) => answers.map(({ status, body }) => body.code ?? status).sort();

describe('a settlement', () => {
  it('is rejected by another person, with a reason, and never booked', async () => {
    const { body: asked } = await on.ask('no-1');
    expect(await on.end('reject', asked.id, tokens.mehmet)).toMatchObject({
      ...{ status: 403, body: { code: 'approver-is-requester' } },
    });
    expect(await on.end('reject', asked.id, tokens.machine)).toMatchObject({
      ...{ status: 403, body: { code: 'person-required' } },
    });
    expect((await on.end('reject', asked.id, tokens.stranger)).status).toBe(404);
    expect((await on.end('reject', asked.id, tokens.visitor)).status).toBe(403);
    const rejected = await on.end('reject', asked.id, tokens.ayse, reason);
    expect(rejected).toMatchObject({
      status: 200,
      body: { status: 'rejected', ended_by: 'ayse', end_reason: reason, approved_by: null, bookings: [] },
    });
    expect(rejected.body.ended_at).toMatch(INSTANT);
    for (const late of [
      await on.approve(asked.id, asked.payload_hash),
      await on.end('reject', asked.id, tokens.ayse),
      await on.end('withdraw', asked.id, tokens.mehmet),
    ])
      expect(late).toMatchObject({
        status: 409,
        body: { code: 'settlement-rejected', by: 'ayse', at: rejected.body.ended_at, reason },
      });
    expect(await on.commandsOf(asked.id)).toEqual([]);
    const { body: seen } = await payments.call('GET', `/v1/settlements/${asked.id}`, { token: tokens.ayse });
    expect(seen.allowed_actions.map(({ action, allowed }: Answer['body']) => [action, allowed])).toEqual([
      ...[
        ['approve', false],
        ['reject', false],
        ['withdraw', false],
      ],
    ]);
  });

  it('is withdrawn by whoever asked, and by nobody else', async () => {
    const { body: asked } = await on.ask('no-2');
    expect(await on.end('withdraw', asked.id, tokens.ayse)).toMatchObject({
      ...{ status: 403, body: { code: 'not-the-requester', requestedBy: 'mehmet' } },
    });
    expect(await on.end('withdraw', asked.id, tokens.mehmet, reason)).toMatchObject({
      ...{ status: 200, body: { status: 'withdrawn', ended_by: 'mehmet', end_reason: reason } },
    });
    expect(await on.approve(asked.id, asked.payload_hash)).toMatchObject({
      ...{ status: 409, body: { code: 'settlement-withdrawn', by: 'mehmet', reason } },
    });
    expect(await on.commandsOf(asked.id)).toEqual([]);
  });

  it('that is approved says to whoever comes later by whom and when', async () => {
    const { body: asked } = await on.ask('no-3');
    const { body: approved } = await on.approve(asked.id, asked.payload_hash);
    expect(await on.end('reject', asked.id, tokens.ayse)).toMatchObject({
      ...{ status: 409, body: { code: 'settlement-approved', by: 'ayse', at: approved.approved_at } },
    });
    expect(await on.end('withdraw', asked.id, tokens.mehmet)).toMatchObject({
      ...{ status: 409, body: { code: 'settlement-approved', by: 'ayse', at: approved.approved_at } },
    });
    expect(await on.commandsOf(asked.id)).toHaveLength(1);
  });

  it('is decided once when it is approved, rejected and withdrawn at the same moment', async () => {
    const winners = new Set<string>();
    for (let round = 0; round < 12; round++) {
      const { body: asked } = await on.ask(`race-${round}`, 4000 + round);
      const acts = [
        () => on.approve(asked.id, asked.payload_hash),
        () => on.end('reject', asked.id, tokens.ayse),
        () => on.end('withdraw', asked.id, tokens.mehmet),
      ];
      // Each is the first to be sent in turn.
      const turned = [...acts.slice(round % 3), ...acts.slice(0, round % 3)];
      const answers = await Promise.all(turned.map((act) => act()));
      const won = answers.find(({ status }) => status === 200)?.body.status;
      winners.add(won);
      expect(codes(answers)).toEqual([200, `settlement-${won}`, `settlement-${won}`]);
      expect(await on.commandsOf(asked.id)).toHaveLength(won === 'approved' ? 1 : 0);
      const { body: seen } = await payments.call('GET', `/v1/settlements/${asked.id}`);
      expect([seen.status, seen.bookings.length]).toEqual([won, won === 'approved' ? 1 : 0]);
    }
    expect(winners.size).toBeGreaterThan(1);
  });

  it('that has ended leaves its name to another one, which is one again', async () => {
    const { body: first } = await on.ask('no-4');
    await on.end('withdraw', first.id, tokens.mehmet);
    const answers = await Promise.all(Array.from({ length: 6 }, () => on.ask('no-4', 976)));
    expect(new Set(answers.map(({ status, body: { id } }) => `${status} ${id}`)).size).toBe(1);
    expect(answers[0]?.body).toMatchObject({ status: 'requested', amount_minor: 976 });
    expect(answers[0]?.body.id).not.toBe(first.id);
    expect(answers.filter(({ body: { created } }) => created)).toHaveLength(1);
  });

  it('is ended once, by the right one, and not beside an approval, by the database, too', async () => {
    const ending = (id: string, how: string, by: string) =>
      payments.rows(
        `update settlement set ended_how = $3, ended_by = $4, ended_at = now(), end_reason = 'x'
          where tenant_id = $1 and settlement_id = $2`,
        [TENANT, id, how, by],
      );
    const approving = (id: string, hash: string) =>
      payments.rows(
        `update settlement set approved_by = 'ayse', approved_hash = $3, approved_at = now()
          where tenant_id = $1 and settlement_id = $2`,
        [TENANT, id, hash],
      );
    const { body: asked } = await on.ask('no-5', 977);
    await expect(ending(asked.id, 'rejected', 'mehmet')).rejects.toThrow('settlement_not_rejected_by_req');
    await expect(ending(asked.id, 'withdrawn', 'ayse')).rejects.toThrow('settlement_withdrawn_by_requester');
    await expect(ending(asked.id, 'refused', 'ledger')).rejects.toThrow('settlement_one_decision');
    await on.end('reject', asked.id, tokens.ayse);
    await expect(approving(asked.id, asked.payload_hash)).rejects.toThrow('settlement');
    await expect(ending(asked.id, 'withdrawn', 'mehmet')).rejects.toThrow('has ended');
    const { body: other } = await on.ask('no-6', 978);
    await on.approve(other.id, other.payload_hash);
    await expect(ending(other.id, 'rejected', 'ayse')).rejects.toThrow('settlement_one_decision');
  });
});

describe('a batch whose settlement was rejected', () => {
  const batch = { batchRef: 'b-no', bankLines: ['line-1'], handedInBy: ['ayse'] };
  const again = (change: object, id: string) => tellPaid(payments, { ...batch, ...change }, id);

  it('is not asked for again by itself, whatever the settings say', async () => {
    await tellPaid(payments, batch);
    const proposed = await on.one('b-no');
    await on.end('reject', proposed.id, tokens.mehmet, reason);
    await on.settle('automatic');
    await again({ runId: 'run_2', handedInBy: [] }, 'm-no-2');
    await on.inbox('m-no-2');
    expect((await on.one('b-no')).status).toBe('rejected');
    expect(await on.troubles('b-no')).toEqual([]);
  });

  it('is not booked by itself under another name of it, either', async () => {
    // Nothing but the credit is the same.
    const figures = { grossMinor: '1125', netMinor: '1100', bankMinor: '1100' };
    await again({ batchRef: 'b-renamed', handedInBy: [], ...figures }, 'm-no-3');
    const renamed = await on.one('b-renamed');
    expect(renamed).toMatchObject({ status: 'requested', automatic: false });
    await on.end('reject', renamed.id, tokens.ayse);
  });

  it('is told to people when it has another net by then', async () => {
    await again({ grossMinor: '2000', netMinor: '1975', bankMinor: '1975' }, 'm-no-4');
    await on.inbox('m-no-4');
    const [trouble, ...more] = await on.troubles('b-no');
    expect(more).toEqual([]);
    expect(trouble).toMatchObject({ kind: 'settlement_refused' });
    expect(trouble?.reason).toMatch(
      /settlement st_\w+ of it, of 9.75 TRY, was rejected, and it pays another amount now: a person may/,
    );
  });

  it('is asked for anew by a person, with its figures, files and credits, and then booked once', async () => {
    // Of another amount than it has paid by what was told last nobody asks for it.
    expect(await on.ask('b-no')).toMatchObject({ status: 409, body: { code: 'batch-net-differs' } });
    await again({}, 'm-no-as-before');
    await on.inbox('m-no-as-before');
    const { body: anew } = await on.ask('b-no');
    expect(anew).toMatchObject({ status: 'requested', requested_by: 'mehmet', created: true });
    expect(anew.batch).toMatchObject({ reference: 'b-no', net_minor: 975, handed_in_by: ['ayse'] });
    // Who handed its files in, still can't.
    expect(await on.approve(anew.id, anew.payload_hash)).toMatchObject({
      ...{ status: 403, body: { code: 'approver-handed-it-in' } },
    });
    const lines = await payments.rows(
      `select line_key from settlement_bank_line where settlement_id = $1 and tenant_id = $2`,
      [anew.id, TENANT],
    );
    expect(lines).toEqual([{ line_key: 'line-1' }]);
    // Its own message finds it, and changes nothing of what a person asked for.
    await again({ runId: 'run_3', handedInBy: [], lines: 7 }, 'm-no-5');
    await on.inbox('m-no-5');
    const { body: seen } = await payments.call('GET', `/v1/settlements/${anew.id}`);
    expect([seen.payload_hash, seen.batch.lines]).toEqual([anew.payload_hash, 1]);
    // And its credit is in no other one's.
    await again({ batchRef: 'b-thief', handedInBy: [] }, 'm-no-6');
    await on.inbox('m-no-6');
    expect(await on.ofBatch('b-thief')).toEqual([]);
    const moving = payments.rows(
      `update settlement_bank_line set settlement_id = 'st_x' where line_key = $1`,
      ['line-1'],
    );
    await expect(moving).rejects.toThrow('is in settlement');
  });
});

describe('an amount', () => {
  it('has as many digits as the books carry', async () => {
    const most = '9'.repeat(78);
    const asking = (amount_minor: string) =>
      payments.call('POST', '/v1/settlements', {
        body: {
          connection_id: 'c_one',
          reference: `digits-${amount_minor.length}`,
          amount_minor,
          currency: 'TRY',
        },
        token: tokens.mehmet,
      });
    const { status, body } = await asking(`${most}9`);
    expect([status, body.errors[0].msg]).toEqual([400, expect.stringContaining('at most 78 digits')]);
    const { body: asked } = await asking(most);
    expect((await on.approve(asked.id, asked.payload_hash)).status).toBe(200);
    expect(await on.postingsOf(asked.id)).toEqual([`bank:c_one psp:c_one:receivable ${most} TRY/2`]);
  });
});
