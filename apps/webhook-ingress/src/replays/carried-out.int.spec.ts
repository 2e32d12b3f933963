import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type ManualClock, manualClock } from '@defter/kernel';
import { deadTopicOf, Messaging } from '@defter/platform';
import { eventually } from '@defter/testing';
import { WebhookTopics } from '@defter/webhooks-contracts';
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

describe('an approved replay', () => {
  it('sends each event once more, in new messages about the same event, and says so', async () => {
    const webhook_ids = await stand.received('again_1', 'again_2', 'again_3');
    const { body: job } = await stand.propose({ webhook_ids }, { per_second: 100 });
    expect((await stand.approve(job)).body).toMatchObject({
      status: 'running',
      approved_by: tokens.approver,
    });
    const { progress } = await stand.until(job.id, 'completed');
    expect(progress).toEqual({ done: 3, published: 3, skipped: 0, left: 0 });
    for (const id of ['again_1', 'again_2', 'again_3']) {
      const [first, second, ...more] = await stand.published(id);
      expect(second?.message_id).not.toBe(first?.message_id);
      expect(JSON.parse(second?.body ?? '')).toEqual(JSON.parse(first?.body ?? ''));
      expect(more).toEqual([]);
    }
    expect((await stand.itemsOf(job)).map(({ outcome }) => outcome)).toEqual([
      'published',
      'published',
      'published',
    ]);
    const shown = await stand.read<{ replays: object[] }>(`/${webhook_ids[0]}`, tokens.reader, 'webhooks');
    expect(shown.body.replays).toMatchObject([
      { actor: tokens.replayer, published: 1, replay_job_id: job.id },
    ]);
  });

  it('reads bytes that could not be read, once the adapter is mended', async () => {
    await stand.post(bodyOf(['mended'], 'adapter_bug'));
    const [row] = await stand.query<{ id: string }>(
      `select id from webhook_request order by id desc limit 1`,
    );
    const webhook_ids = [row?.id ?? ''];
    expect((await stand.propose({ webhook_ids })).body.code).toBe('nothing-to-replay');
    await stand.mended(async () => {
      const { body: job } = await stand.propose({ webhook_ids });
      expect((await stand.itemsOf(job))[0]?.events).toMatchObject([
        { event_id: null, provider_event_id: 'mended' },
      ]);
      await stand.approve(job);
      await stand.until(job.id, 'completed');
    });
    const [first, ...more] = await stand.published('mended');
    expect(JSON.parse(first?.body ?? '')).toMatchObject({ requestId: row?.id, providerType: 'mended' });
    expect(more).toEqual([]);
  });

  it('of a batch that a mended adapter reads otherwise is no conflict', async () => {
    await stand.post(bodyOf(['b1', 'b2'], 'x'));
    const webhook_ids = [await stand.requestOf('b1')];
    await stand.mended(async () => {
      const { body: job } = await stand.propose({ webhook_ids });
      await stand.approve(job);
      expect((await stand.until(job.id, 'completed')).progress).toMatchObject({ published: 1 });
    });
    expect(await stand.published('b2')).toHaveLength(2);
    expect(await stand.query(`select from webhook_conflict where provider_event_id = 'b1'`)).toEqual([]);
  });

  it('keeps to its rate, stops while it is paused, and ends when it is canceled', async () => {
    const ids = Array.from({ length: 6 }, (_, index) => `paced_${index}`);
    const { body: job } = await stand.propose(
      { webhook_ids: await stand.received(...ids) },
      { per_second: 2 },
    );
    await stand.approve(job);
    await eventually(async () =>
      expect((await stand.read<Job>(`/${job.id}`)).body.progress.done).toBeGreaterThan(0),
    );
    const paused = await stand.call(`/${job.id}/pause`, undefined, tokens.approver);
    expect(paused.body.status).toBe('paused');
    const { done } = paused.body.progress;
    expect(done).toBeLessThan(6);
    const [{ due } = { due: false }] = await stand.query<{ due: boolean }>(
      `select exists (select from replay_job where status = 'running' and id = $1) as due`,
      job.id,
    );
    expect([due, (await stand.read<Job>(`/${job.id}`)).body.progress.done]).toEqual([false, done]);
    expect((await stand.call(`/${job.id}/resume`, undefined, tokens.replayer)).body.status).toBe('running');
    await eventually(async () =>
      expect((await stand.read<Job>(`/${job.id}`)).body.progress.done).toBeGreaterThanOrEqual(
        Math.min(4, done + 2),
      ),
    );
    await stand.call(`/${job.id}/cancel`, undefined, tokens.replayer);
    const ended = await stand.read<Job>(`/${job.id}`);
    if (ended.body.status === 'canceled') {
      expect((await stand.call(`/${job.id}/resume`, undefined, tokens.replayer)).body.code).toBe(
        'replay-not-paused',
      );
    }
    // Two a second: whatever this machine does, a later turn never comes before its time.
    const sent = (await Promise.all(ids.map((id) => stand.published(id)))).flatMap((messages) =>
      messages.slice(1),
    );
    const times = sent.map(({ at }) => at.getTime()).sort((left, right) => left - right);
    expect(sent.length).toBe(ended.body.progress.done);
    for (const [index, at] of times.entries()) {
      const before = times[index - 2];
      if (before !== undefined) expect(at - before).toBeGreaterThanOrEqual(900);
    }
  });

  it('sends everything once although it dies at each of its writes', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `cut_${index}`);
    const { body: job } = await stand.propose(
      { webhook_ids: await stand.received(...ids) },
      { per_second: 20 },
    );
    // In the order in which a turn writes: it stands before the table that is locked, and is killed there.
    const places = [
      ['outbox', 'webhook_event'],
      ['webhook_replay', 'webhook_replay'],
      ['replay_item', 'replay_item'],
      ['replay_job', 'replay_job'],
    ] as const;
    const locks: pg.Client[] = [];
    const lock = async (table: string) => {
      const client = new pg.Client({ connectionString: ingress.database.adminUrl });
      locks.push(client);
      await client.connect();
      await client.query('begin');
      await client.query(`lock table ${table} in share mode`);
    };
    await lock('outbox');
    await stand.approve(job);
    for (const [table] of places.slice(1)) await lock(table);
    for (const [index, [, statement]] of places.entries()) {
      await killedAt(statement);
      await locks[index]?.end();
    }
    expect((await stand.until(job.id, 'completed')).progress).toMatchObject({
      done: 20,
      published: 20,
      left: 0,
    });
    for (const id of ids) expect(await stand.published(id)).toHaveLength(2);
  });
});

/** Ends the session of a turn that waits with such a statement, as the death of its process would. */
async function killedAt(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: ingress.database.adminUrl });
  await client.connect();
  try {
    await eventually(async () => {
      const { rowCount } = await client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = 'webhook-ingress' and datname = current_database()
           and wait_event_type = 'Lock' and query like '%' || $1 || '%'`,
        [statement],
      );
      expect(rowCount).toBeGreaterThan(0);
    });
  } finally {
    await client.end();
  }
}

describe('dead letters', () => {
  const bury = async (eventId: string, requestId: string, body: object = {}, tenant = 't_ingress') => {
    const headers = {
      ...{ ce_specversion: '1.0', ce_id: eventId, ce_tenantid: tenant, ce_subject: requestId },
      ...{ dead_topic: WebhookTopics.events.name, dead_consumer: 'payments', dead_reason: 'it fell over' },
      dead_at: new Date().toISOString(),
    };
    const value = JSON.stringify({ eventId, requestId, ...body });
    const record = { topic: deadTopicOf(WebhookTopics.events.name), key: eventId, value, headers };
    await ingress.instances[0]?.get(Messaging).publish([record]);
  };
  const eventOf = async (id: string) => {
    const sql = 'select id from webhook_event where provider_event_id = $1';
    return (await stand.query<{ id: string }>(sql, id))[0]?.id ?? '';
  };
  const list = async (filter = '', token = tokens.reader) =>
    (
      await stand.read<{ data: { id: string; event_id: string; reason: string; replayed: boolean }[] }>(
        `?pageSize=100${filter}`,
        token,
        'webhook-dead-letters',
      )
    ).body.data;

  it('are listed with their reason; sent again is what was signed, of that event alone', async () => {
    await stand.post(bodyOf(['letter_1', 'letter_2']));
    const [eventId, requestId] = [await eventOf('letter_1'), await stand.requestOf('letter_1')];
    // Whoever can write to the topic can't make up money: only the ids of a dead letter count.
    await bury(eventId, requestId, { facts: { amountMinor: '999999' } });
    const letter = await eventually(async () => {
      const found = (await list('&consumer=payments&replayed=false')).find(
        ({ event_id }) => event_id === eventId,
      );
      expect(found).toMatchObject({ reason: 'it fell over', topic: WebhookTopics.events.name });
      return found;
    });
    const { body: job } = await stand.propose({ dead_letter_ids: [letter?.id] });
    expect(await stand.itemsOf(job)).toMatchObject([
      { dead_letter_id: letter?.id, events: [{ event_id: eventId }] },
    ]);
    await stand.approve(job);
    await stand.until(job.id, 'completed');
    const [first, second] = await stand.published('letter_1');
    expect(JSON.parse(second?.body ?? '')).toEqual(JSON.parse(first?.body ?? ''));
    expect([(await stand.published('letter_1')).length, (await stand.published('letter_2')).length]).toEqual([
      2, 1,
    ]);
    expect(await list('&replayed=true')).toMatchObject([{ id: letter?.id, replayed: true }]);
    expect((await stand.propose({ dead_letters: { consumer: 'payments' } })).body.code).toBe(
      'nothing-to-replay',
    );
  });

  it('of another tenant, or about an event nobody received, are nothing to replay', async () => {
    const [webhook] = await stand.received('letter_mine');
    await bury('evt_unknown', webhook ?? '');
    await bury(await eventOf('letter_mine'), webhook ?? '', {}, 't_two');
    await eventually(async () => {
      expect((await list('&replayed=false')).map(({ event_id }) => event_id)).toContain('evt_unknown');
      expect(await list('', tokens.stranger)).toHaveLength(1);
    });
    const [theirs] = await list('', tokens.stranger);
    expect((await stand.propose({ dead_letter_ids: [theirs?.id] }, {}, tokens.stranger)).body.code).toBe(
      'nothing-to-replay',
    );
    expect((await stand.propose({ dead_letter_ids: [theirs?.id] })).body.code).toBe('nothing-to-replay');
    expect((await stand.propose({ dead_letters: { consumer: 'payments' } })).body.code).toBe(
      'nothing-to-replay',
    );
    expect(await stand.published('letter_mine')).toHaveLength(1);
  });
});
