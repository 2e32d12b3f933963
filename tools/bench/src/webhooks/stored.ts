import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const PATIENCE_MS = 60_000;

/**
 * Each of these events is stored once and published. @throws Error otherwise: such a benchmark has failed
 */
export const expectAllStored = async (url: string, ids: ReadonlySet<string>): Promise<void> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ events: string; messages: string }>(
      `select count(*) as events, count(outbox.message_id) as messages
       from webhook_event event
       left join outbox on outbox.tenant_id = event.tenant_id and outbox.message_id = event.id
       where event.provider_event_id = any ($1)`,
      [[...ids]],
    );
    const { events, messages } = rows[0] ?? { events: '0', messages: '0' };
    if (events !== `${ids.size}` || messages !== events) {
      throw new Error(
        `${ids.size} distinct webhooks were acknowledged; ${events} events, ${messages} messages`,
      );
    }
    await untilPublished(client);
  } finally {
    await client.end();
  }
};

const untilPublished = async (client: pg.Client): Promise<void> => {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const { rowCount } = await client.query('select from outbox where published_at is null limit 1');
    if (rowCount === 0) return;
    if (Date.now() > deadline) throw new Error('Messages were not published in time');
    await sleep(50);
  }
};
