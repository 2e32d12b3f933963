import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type ManualClock, manualClock } from '@defter/kernel';
import type { PaymentProvider } from '@defter/payments-contracts';
import { deadTopicOf, Messaging } from '@defter/platform';
import { eventually } from '@defter/testing';
import { WebhookTopics } from '@defter/webhooks-contracts';
import { PROVIDERS } from '../connections/providers.read.js';
import { type Ingress, secrets, startIngress, tokens } from '../testing/ingress.js';
import { signed, testProvider } from '../testing/test-provider.js';

let ingress: Ingress;
let clock: ManualClock;
beforeAll(async () => {
  clock = manualClock(new Date());
  ingress = await startIngress({ clock, instances: [['http', 'worker'], ['worker']] });
});
afterAll(() => ingress.stop());

/** The members of the answers that tests look at. */
interface Job {
  readonly id: string;
  readonly status: string;
  readonly code?: string;
  readonly selection_hash: string;
  readonly webhook_count: number;
  readonly event_count: number;
  readonly progress: { readonly done: number; readonly published: number; readonly left: number };
  readonly approved_by: string | null;
}
interface Item {
  readonly webhook_id: string;
  readonly would: string;
  readonly events: readonly { readonly event_id: string | null }[];
  readonly outcome: string | null;
  readonly detail: string | null;
}
const query = <R extends object>(sql: string, ...parameters: unknown[]) =>
  ingress.database.database.query<R>(sql, parameters);
const bodyOf = (ids: readonly string[], type = 'deposit_captured', note?: string) =>
  JSON.stringify({ events: ids.map((id) => ({ id, type, operation: `op_${id}`, amount: '5', note })) });
const post = async (body: string) => {
  const answer = await ingress.post('test-psp/c_one', signed(body, secrets.old, clock.now()));
  expect(answer.status).toBe(202);
};
/** Sends each id in a request of its own; the ids of the requests. */
const received = async (...ids: string[]): Promise<string[]> => {
  for (const id of ids) await post(bodyOf([id]));
  return Promise.all(ids.map(requestOf));
};
const requestOf = async (providerEventId: string): Promise<string> => {
  const sql = 'select request_id as id from webhook_event where provider_event_id = $1';
  return (await query<{ id: string }>(sql, providerEventId))[0]?.id ?? '';
};
const call = async (path: string, body: object | undefined, token: string, key: string = randomUUID()) => {
  const headers = { 'idempotency-key': key, ...(body && { 'content-type': 'application/json' }) };
  const init = { method: 'POST', headers, ...(body && { body: JSON.stringify(body) }) };
  const answer = await ingress.operate(path, token, init, 'webhook-replays');
  return { status: answer.status, body: (await answer.json()) as Job };
};
const propose = (selection: object, over: object = {}, token = tokens.replayer, key?: string) =>
  call('', { ...selection, reason: 'a consumer was broken', ...over }, token, key);
const approve = ({ id, selection_hash }: Job, token = tokens.approver) =>
  call(`/${id}/approve`, { selection_hash }, token);
const read = async <T>(path: string, token = tokens.reader, under = 'webhook-replays') => {
  const answer = await ingress.operate(path, token, {}, under);
  return { status: answer.status, body: (await answer.json()) as T };
};
const itemsOf = async ({ id }: Job) => (await read<{ data: Item[] }>(`/${id}/items?pageSize=100`)).body.data;
const until = (id: string, status: string) =>
  eventually(async () => {
    const { body } = await read<Job>(`/${id}`);
    expect(body.status).toBe(status);
    return body;
  });
const published = (id: string) =>
  query<{ message_id: string; body: string; at: Date }>(
    `select message_id, body, created_at as at from outbox
     where topic = 'defter.webhooks.events.v1' and key = $1 order by position`,
    `op_${id}`,
  );

/** Everything that a replay writes when it sends something. */
const written = () =>
  query(`select 'event' as kind, id from webhook_event union all select 'message', message_id from outbox
         union all select 'request', id from webhook_request order by 1, 2`);

describe('a proposal', () => {
  it('shows what would be sent again, and sends nothing', async () => {
    const ids = await received('shown_1', 'shown_2');
    await post(bodyOf(['shown_1'], 'deposit_captured', 'other bytes'));
    const [conflict] = await query<{ id: string }>('select request_id as id from webhook_conflict');
    const before = await written();
    const { status, body } = await propose({ webhook_ids: [...ids, conflict?.id, 'whk_none'] });
    expect([status, body.status, body.webhook_count, body.event_count]).toEqual([201, 'proposed', 3, 2]);
    const items = await itemsOf(body);
    expect(items.map(({ webhook_id, would }) => [webhook_id, would])).toEqual([
      [ids[0], 'publish'],
      [ids[1], 'publish'],
      [conflict?.id, 'skip'],
    ]);
    const [first] = await published('shown_1');
    expect(items[0]?.events).toEqual([
      { event_id: first?.message_id, provider_event_id: 'shown_1', provider_type: 'deposit_captured' },
    ]);
    expect(await written()).toEqual(before);
    await call(`/${body.id}/cancel`, undefined, tokens.replayer);
  });

  it('is made once per idempotency key', async () => {
    const webhook_ids = await received('keyed');
    const key = randomUUID();
    const [first, again] = [
      await propose({ webhook_ids }, {}, tokens.replayer, key),
      await propose({ webhook_ids }, {}, tokens.replayer, key),
    ];
    expect(again.body.id).toBe(first.body.id);
  });

  it('selects by time, provider and status', async () => {
    clock.advance(1_000);
    const from = clock.now().toISOString();
    await received('span_1', 'span_2');
    clock.advance(1_000);
    const to = clock.now().toISOString();
    await received('span_3');
    const webhooks = { received_from: from, received_to: to };
    expect((await propose({ webhooks })).body.webhook_count).toBe(2);
    expect((await propose({ webhooks: { ...webhooks, provider: 'other' } })).body.code).toBe(
      'nothing-to-replay',
    );
    expect((await propose({ webhooks: { ...webhooks, status: 'unparseable' } })).body.code).toBe(
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
    const { status, body: problem } = await propose({}, body);
    expect([status, problem.code]).toEqual([400, 'malformed']);
  });
});

describe('an approval', () => {
  it('is another person’s, of exactly what was shown, and in time', async () => {
    const webhook_ids = await received('governed');
    const { body: job } = await propose({ webhook_ids });
    const codeOf = async (answer: ReturnType<typeof call>) => {
      const { status, body } = await answer;
      return [status, body.code];
    };
    expect(await codeOf(approve(job, tokens.replayer))).toEqual([403, 'replay-approver-is-requester']);
    expect(await codeOf(approve(job, tokens.machine))).toEqual([403, 'replay-approver-is-no-person']);
    const other = { ...job, selection_hash: '0'.repeat(64) };
    expect(await codeOf(approve(other))).toEqual([409, 'replay-not-as-shown']);
    expect(await codeOf(approve(job, tokens.reader))).toEqual([403, 'scope-missing']);
    expect((await approve(job, tokens.stranger)).status).toBe(404);
    clock.advance(24 * 3_600_000);
    expect((await read<Job>(`/${job.id}`)).body.status).toBe('expired');
    expect(await codeOf(approve(job))).toEqual([409, 'replay-expired']);
    expect(await published('governed')).toHaveLength(1);
  });

  it('by one person alone is refused by the database, too, and what was proposed never changes', async () => {
    const webhook_ids = await received('by_hand');
    const { body: job } = await propose({ webhook_ids });
    const approval = (by: string, hash: string) =>
      query(
        `update replay_job set status = 'running', approved_by = $2, approved_key = 'k', approved_hash = $3,
           approved_at = now(), next_at = now() where id = $1`,
        ...[job.id, by, hash],
      );
    await expect(approval(tokens.replayer, job.selection_hash)).rejects.toThrow('replay_takes_two');
    await expect(approval('x', '0'.repeat(64))).rejects.toThrow('replay_as_it_was_shown');
    const run = `update replay_job set status = 'running', next_at = now() where id = $1`;
    await expect(query(run, job.id)).rejects.toThrow('replay_runs_approved');
    for (const change of [
      `update replay_job set selection_hash = '${'0'.repeat(64)}'`,
      `update replay_job set requested_by = 'x'`,
      `update replay_item set request_id = 'x'`,
      `update replay_item set events = '[]'`,
      'delete from replay_item',
      'delete from replay_job',
    ]) {
      await expect(query(change)).rejects.toThrow('permission denied');
    }
  });
});

describe('an approved replay', () => {
  it('sends each event once more, in new messages about the same event, and says so', async () => {
    const webhook_ids = await received('again_1', 'again_2', 'again_3');
    const { body: job } = await propose({ webhook_ids }, { per_second: 100 });
    expect((await approve(job)).body).toMatchObject({ status: 'running', approved_by: tokens.approver });
    const { progress } = await until(job.id, 'completed');
    expect(progress).toEqual({ done: 3, published: 3, skipped: 0, left: 0 });
    for (const id of ['again_1', 'again_2', 'again_3']) {
      const [first, second, ...more] = await published(id);
      expect(second?.message_id).not.toBe(first?.message_id);
      expect(JSON.parse(second?.body ?? '')).toEqual(JSON.parse(first?.body ?? ''));
      expect(more).toEqual([]);
    }
    expect((await itemsOf(job)).map(({ outcome }) => outcome)).toEqual([
      'published',
      'published',
      'published',
    ]);
    const shown = await read<{ replays: object[] }>(`/${webhook_ids[0]}`, tokens.reader, 'webhooks');
    expect(shown.body.replays).toMatchObject([
      { actor: tokens.replayer, published: 1, replay_job_id: job.id },
    ]);
  });

  it('reads bytes that could not be read, once the adapter is mended', async () => {
    await post(bodyOf(['mended'], 'adapter_bug'));
    const [row] = await query<{ id: string }>(`select id from webhook_request order by id desc limit 1`);
    const webhook_ids = [row?.id ?? ''];
    expect((await propose({ webhook_ids })).body.code).toBe('nothing-to-replay');
    await mended(async () => {
      const { body: job } = await propose({ webhook_ids });
      expect((await itemsOf(job))[0]?.events).toMatchObject([
        { event_id: null, provider_event_id: 'mended' },
      ]);
      await approve(job);
      await until(job.id, 'completed');
    });
    const [first, ...more] = await published('mended');
    expect(JSON.parse(first?.body ?? '')).toMatchObject({ requestId: row?.id, providerType: 'mended' });
    expect(more).toEqual([]);
  });

  it('of a batch that a mended adapter reads otherwise is no conflict', async () => {
    await post(bodyOf(['b1', 'b2'], 'x'));
    const webhook_ids = [await requestOf('b1')];
    await mended(async () => {
      const { body: job } = await propose({ webhook_ids });
      await approve(job);
      expect((await until(job.id, 'completed')).progress).toMatchObject({ published: 1 });
    });
    expect(await published('b2')).toHaveLength(2);
    expect(await query(`select from webhook_conflict where provider_event_id = 'b1'`)).toEqual([]);
  });

  it('keeps to its rate, stops while it is paused, and ends when it is canceled', async () => {
    const ids = Array.from({ length: 6 }, (_, index) => `paced_${index}`);
    const { body: job } = await propose({ webhook_ids: await received(...ids) }, { per_second: 2 });
    await approve(job);
    await eventually(async () =>
      expect((await read<Job>(`/${job.id}`)).body.progress.done).toBeGreaterThan(0),
    );
    const paused = await call(`/${job.id}/pause`, undefined, tokens.approver);
    expect(paused.body.status).toBe('paused');
    const { done } = paused.body.progress;
    expect(done).toBeLessThan(6);
    const [{ due } = { due: false }] = await query<{ due: boolean }>(
      `select exists (select from replay_job where status = 'running' and id = $1) as due`,
      job.id,
    );
    expect([due, (await read<Job>(`/${job.id}`)).body.progress.done]).toEqual([false, done]);
    expect((await call(`/${job.id}/resume`, undefined, tokens.replayer)).body.status).toBe('running');
    await eventually(async () =>
      expect((await read<Job>(`/${job.id}`)).body.progress.done).toBeGreaterThanOrEqual(
        Math.min(4, done + 2),
      ),
    );
    await call(`/${job.id}/cancel`, undefined, tokens.replayer);
    const ended = await read<Job>(`/${job.id}`);
    if (ended.body.status === 'canceled') {
      expect((await call(`/${job.id}/resume`, undefined, tokens.replayer)).body.code).toBe(
        'replay-not-paused',
      );
    }
    // Two a second: whatever this machine does, a later turn never comes before its time.
    const sent = (await Promise.all(ids.map(published))).flatMap((messages) => messages.slice(1));
    const times = sent.map(({ at }) => at.getTime()).sort((left, right) => left - right);
    expect(sent.length).toBe(ended.body.progress.done);
    for (const [index, at] of times.entries()) {
      const before = times[index - 2];
      if (before !== undefined) expect(at - before).toBeGreaterThanOrEqual(900);
    }
  });

  it('sends everything once although its connections are cut again and again', async () => {
    const ids = Array.from({ length: 120 }, (_, index) => `cut_${index}`);
    const { body: job } = await propose({ webhook_ids: await received(...ids) }, { per_second: 1_000 });
    const admin = new pg.Client({ connectionString: ingress.database.adminUrl });
    await admin.connect();
    let cuts = 0;
    try {
      await approve(job);
      await eventually(async () => {
        const { rowCount } = await admin.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where application_name = 'webhook-ingress' and datname = current_database() and xact_start is not null
             and query ~ 'replay_item|webhook_replay|webhook_event' and $1 < 3`,
          [cuts],
        );
        cuts += rowCount ?? 0;
        expect((await read<Job>(`/${job.id}`)).body.status).toBe('completed');
      });
    } finally {
      await admin.end();
    }
    expect((await read<Job>(`/${job.id}`)).body.progress).toMatchObject({
      done: 120,
      published: 120,
      left: 0,
    });
    for (const id of ids) expect(await published(id)).toHaveLength(2);
  });
});

describe('dead letters', () => {
  const bury = async (eventId: string, requestId: string, body: object = {}, tenant = 't_one') => {
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
    return (await query<{ id: string }>(sql, id))[0]?.id ?? '';
  };
  const list = async (filter = '', token = tokens.reader) =>
    (
      await read<{ data: { id: string; event_id: string; reason: string; replayed: boolean }[] }>(
        `?pageSize=100${filter}`,
        token,
        'webhook-dead-letters',
      )
    ).body.data;

  it('are listed with their reason; what is sent again are the bytes that were signed, of that event alone', async () => {
    await post(bodyOf(['letter_1', 'letter_2']));
    const [eventId, requestId] = [await eventOf('letter_1'), await requestOf('letter_1')];
    // Whoever can write to the topic can't make up money: only the ids of a dead letter count.
    await bury(eventId, requestId, { facts: { amountMinor: '999999' } });
    const letter = await eventually(async () => {
      const found = (await list('&consumer=payments&replayed=false')).find(
        ({ event_id }) => event_id === eventId,
      );
      expect(found).toMatchObject({ reason: 'it fell over', topic: WebhookTopics.events.name });
      return found;
    });
    const { body: job } = await propose({ dead_letter_ids: [letter?.id] });
    expect(await itemsOf(job)).toMatchObject([
      { dead_letter_id: letter?.id, events: [{ event_id: eventId }] },
    ]);
    await approve(job);
    await until(job.id, 'completed');
    const [first, second] = await published('letter_1');
    expect(JSON.parse(second?.body ?? '')).toEqual(JSON.parse(first?.body ?? ''));
    expect([(await published('letter_1')).length, (await published('letter_2')).length]).toEqual([2, 1]);
    expect(await list('&replayed=true')).toMatchObject([{ id: letter?.id, replayed: true }]);
    expect((await propose({ dead_letters: { consumer: 'payments' } })).body.code).toBe('nothing-to-replay');
  });

  it('of another tenant, or about an event nobody received, are nothing to replay', async () => {
    const [webhook] = await received('letter_mine');
    await bury('evt_unknown', webhook ?? '');
    await bury(await eventOf('letter_mine'), webhook ?? '', {}, 't_two');
    await eventually(async () => {
      expect((await list('&replayed=false')).map(({ event_id }) => event_id)).toContain('evt_unknown');
      expect(await list('', tokens.stranger)).toHaveLength(1);
    });
    const [theirs] = await list('', tokens.stranger);
    expect((await propose({ dead_letter_ids: [theirs?.id] }, {}, tokens.stranger)).body.code).toBe(
      'nothing-to-replay',
    );
    expect((await propose({ dead_letter_ids: [theirs?.id] })).body.code).toBe('nothing-to-replay');
    expect((await propose({ dead_letters: { consumer: 'payments' } })).body.code).toBe('nothing-to-replay');
    expect(await published('letter_mine')).toHaveLength(1);
  });
});

/** Runs with an adapter that reads what the test provider stumbles over, and calls every type `mended`. */
async function mended(work: () => Promise<void>): Promise<void> {
  const registries = ingress.instances.map((instance) =>
    instance.get<Map<string, PaymentProvider>>(PROVIDERS),
  );
  const normalize: PaymentProvider['webhook']['normalize'] = (request) => {
    const body = Buffer.from(request.body).toString().replaceAll('adapter_bug', 'mended');
    const events = testProvider.webhook.normalize({ ...request, body: Buffer.from(body) });
    return events.map((event) => ({ ...event, providerType: 'mended' }));
  };
  const mendedProvider = { ...testProvider, webhook: { ...testProvider.webhook, normalize } };
  for (const providers of registries) providers.set('test-psp', mendedProvider);
  try {
    await work();
  } finally {
    for (const providers of registries) providers.set('test-psp', testProvider);
  }
}
