import { newId } from '@defter/kernel';
import type { Transaction } from '@defter/platform';
import { choosesType, statesWith } from '@defter/webhooks-domain';
import { TEST_SOURCE } from '../public-event.js';
import { type Replay, REPLAY_COLUMNS } from './replay.js';

interface Found {
  readonly id: string;
  readonly type: string;
}

const PAUSE_MS = 1_000;

/**
 * One second's worth of a replay: its next messages become deliveries that are due now, and the place moves
 * on, in one transaction. So a crash repeats nothing and leaves nothing out. @returns whether there was one
 * to do
 */
export const replayPage = async (tx: Transaction, tenantId: string): Promise<boolean> => {
  const [replay] = await tx.query<Replay>(
    `select ${REPLAY_COLUMNS} from webhook_replay
      where tenant_id = $1 and due_at <= now() order by due_at limit 1 for update skip locked`,
    [tenantId],
  );
  if (replay === undefined) return false;
  const [endpoint] = await tx.query<{ event_types: string[]; status: string }>(
    'select event_types, status from webhook_endpoint where tenant_id = $1 and id = $2',
    [tenantId, replay.endpointId],
  );
  if (endpoint?.status !== 'enabled') return end(tx, tenantId, replay, 'canceled');
  const found = await tx.query<Found>(
    `select id, type from webhook_message
      where tenant_id = $1 and created_at < $3 and source <> $5
        and (created_at, id) > (
          (select done_at from webhook_replay where tenant_id = $1 and id = $2),
          (select done_id from webhook_replay where tenant_id = $1 and id = $2))
      order by created_at, id limit $4`,
    // The place stays in the database: a Date would cut its microseconds off, and find the last message
    // again.
    [tenantId, replay.id, replay.toAt, replay.rate, TEST_SOURCE],
  );
  const last = found.at(-1);
  if (last === undefined) return end(tx, tenantId, replay, 'done');
  const chosen = found.filter(({ type }) => choosesType(endpoint.event_types, type));
  const queued = await queueAgain(tx, tenantId, replay, chosen);
  await tx.query(
    `update webhook_replay
        set done_id = $3, seen = seen + $4, queued = queued + $5,
            done_at = (select created_at from webhook_message where tenant_id = $1 and id = $3),
            due_at = now() + $6 * interval '1 millisecond'
      where tenant_id = $1 and id = $2`,
    [tenantId, replay.id, last.id, found.length, queued, PAUSE_MS],
  );
  return true;
};

/**
 * A delivery that is on its way stays as it is; one that was delivered goes again only if that was asked
 * for.
 */
async function queueAgain(
  tx: Transaction,
  tenantId: string,
  { endpointId, onlyFailed }: Replay,
  messages: readonly Found[],
): Promise<number> {
  const again = statesWith('retried by a person').filter((state) => state === 'dead' || !onlyFailed);
  const queued = await tx.query(
    `insert into webhook_delivery (tenant_id, id, endpoint_id, message_id, type, state, due_at)
     values ($1, unnest($2::text[]), $3, unnest($4::text[]), unnest($5::text[]), 'pending', now())
     on conflict (tenant_id, message_id, endpoint_id) do update
        set state = 'pending', tries = 0, due_at = now(), closed_at = null
      where webhook_delivery.state = any($6) and webhook_delivery.state <> 'pending'
     returning id`,
    [
      ...[tenantId, messages.map(() => newId('dlv')), endpointId],
      ...[messages.map(({ id }) => id), messages.map(({ type }) => type), again],
    ],
  );
  tx.signal('deliveries');
  return queued.length;
}

async function end(
  tx: Transaction,
  tenantId: string,
  { id }: Replay,
  state: 'done' | 'canceled',
): Promise<boolean> {
  await tx.query(
    `update webhook_replay set state = $3, due_at = null, ended_at = now() where tenant_id = $1 and id = $2`,
    [tenantId, id, state],
  );
  return true;
}
