import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ManualClock, manualClock } from '@defter/kernel';
import { type Ingress, startIngress, tokens } from '../testing/ingress.js';
import { bodyOf, type Job, ReplayStand } from '../testing/replay-stand.js';

let ingress: Ingress;
let clock: ManualClock;
let stand: ReplayStand;
beforeAll(async () => {
  clock = manualClock(new Date());
  ingress = await startIngress({ clock, instances: [['http', 'worker'], ['worker']] });
  stand = new ReplayStand(ingress, clock);
});
afterAll(() => ingress.stop());

/** Everything that a replay writes when it sends something. */
const written = () =>
  stand.query(`
    select 'event' as kind, id from webhook_event union all select 'message', message_id from outbox
    union all select 'request', id from webhook_request order by 1, 2`);

describe('a proposal', () => {
  it('shows what would be sent again, and sends nothing', async () => {
    const ids = await stand.received('shown_1', 'shown_2');
    await stand.post(bodyOf(['shown_1'], 'deposit_captured', 'other bytes'));
    const [conflict] = await stand.query<{ id: string }>('select request_id as id from webhook_conflict');
    const before = await written();
    const { status, body } = await stand.propose({ webhook_ids: [...ids, conflict?.id, 'whk_none'] });
    expect([status, body.status, body.webhook_count, body.event_count]).toEqual([201, 'proposed', 3, 2]);
    const items = await stand.itemsOf(body);
    expect(items.map(({ webhook_id, would }) => [webhook_id, would])).toEqual([
      [ids[0], 'publish'],
      [ids[1], 'publish'],
      [conflict?.id, 'skip'],
    ]);
    const [first] = await stand.published('shown_1');
    expect(items[0]?.events).toEqual([
      { event_id: first?.message_id, provider_event_id: 'shown_1', provider_type: 'deposit_captured' },
    ]);
    expect(await written()).toEqual(before);
    await stand.call(`/${body.id}/cancel`, undefined, tokens.replayer);
  });

  it('is made once per idempotency key', async () => {
    const webhook_ids = await stand.received('keyed');
    const key = randomUUID();
    const [first, again] = [
      await stand.propose({ webhook_ids }, {}, tokens.replayer, key),
      await stand.propose({ webhook_ids }, {}, tokens.replayer, key),
    ];
    expect(again.body.id).toBe(first.body.id);
  });

  it('selects by time, provider and status', async () => {
    clock.advance(1_000);
    const from = clock.now().toISOString();
    await stand.received('span_1', 'span_2');
    clock.advance(1_000);
    const to = clock.now().toISOString();
    await stand.received('span_3');
    const webhooks = { received_from: from, received_to: to };
    expect((await stand.propose({ webhooks })).body.webhook_count).toBe(2);
    expect((await stand.propose({ webhooks: { ...webhooks, provider: 'other' } })).body.code).toBe(
      'nothing-to-replay',
    );
    expect((await stand.propose({ webhooks: { ...webhooks, status: 'unparseable' } })).body.code).toBe(
      'nothing-to-replay',
    );
  });

  it.each([
    ['no selection', {}],
    ['two selections', { webhook_ids: ['whk_1'], dead_letter_ids: ['evt_1'] }],
    ['an empty list', { webhook_ids: [] }],
    [
      'a span that ends before it begins',
      { webhooks: { received_from: '2026-01-02T00:00:00Z', received_to: '2026-01-01T00:00:00Z' } },
    ],
    ['a time without a zone', { webhooks: { received_from: '2026-01-01', received_to: '2026-01-02' } }],
    ['a rate of 0', { webhook_ids: ['whk_1'], per_second: 0 }],
    ['no reason', { webhook_ids: ['whk_1'], reason: '' }],
    ['an unknown field', { webhook_ids: ['whk_1'], force: true }],
  ])('with %s is malformed', async (_, body) => {
    const { status, body: problem } = await stand.propose({}, body);
    expect([status, problem.code]).toEqual([400, 'malformed']);
  });
});

describe('an approval', () => {
  it('is another person’s, of exactly what was shown, and in time', async () => {
    const webhook_ids = await stand.received('governed');
    const { body: job } = await stand.propose({ webhook_ids });
    const codeOf = async (answer: ReturnType<ReplayStand['call']>) => {
      const { status, body } = await answer;
      return [status, body.code];
    };
    expect(await codeOf(stand.approve(job, tokens.replayer))).toEqual([403, 'replay-approver-is-requester']);
    expect(await codeOf(stand.approve(job, tokens.machine))).toEqual([403, 'replay-approver-is-no-person']);
    const other = { ...job, selection_hash: '0'.repeat(64) };
    expect(await codeOf(stand.approve(other))).toEqual([409, 'replay-not-as-shown']);
    expect(await codeOf(stand.approve(job, tokens.reader))).toEqual([403, 'scope-missing']);
    expect((await stand.approve(job, tokens.stranger)).status).toBe(404);
    clock.advance(24 * 3_600_000);
    expect((await stand.read<Job>(`/${job.id}`)).body.status).toBe('expired');
    expect(await codeOf(stand.approve(job))).toEqual([409, 'replay-expired']);
    expect(await stand.published('governed')).toHaveLength(1);
  });

  it('by one person alone is refused by the database, too, and what was proposed never changes', async () => {
    const webhook_ids = await stand.received('by_hand');
    const { body: job } = await stand.propose({ webhook_ids });
    const approval = (by: string, hash: string) =>
      stand.query(
        `update replay_job set status = 'running', approved_by = $2, approved_key = 'k', approved_hash = $3,
           approved_at = now(), next_at = now() where id = $1`,
        ...[job.id, by, hash],
      );
    await expect(approval(tokens.replayer, job.selection_hash)).rejects.toThrow('replay_takes_two');
    await expect(approval('x', '0'.repeat(64))).rejects.toThrow('replay_as_it_was_shown');
    const run = `update replay_job set status = 'running', next_at = now() where id = $1`;
    await expect(stand.query(run, job.id)).rejects.toThrow('replay_runs_approved');
    for (const change of [
      `update replay_job set selection_hash = '${'0'.repeat(64)}'`,
      `update replay_job set requested_by = 'x'`,
      `update replay_item set request_id = 'x'`,
      `update replay_item set events = '[]'`,
      'delete from replay_item',
      'delete from replay_job',
    ]) {
      await expect(stand.query(change)).rejects.toThrow('permission denied');
    }
  });
});
