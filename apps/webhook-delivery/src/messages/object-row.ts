import type { Transaction } from '@defter/platform';
import type { PublicEvent, TrackedObject } from '../public-event.js';

interface Known {
  readonly version: bigint;
  readonly status: string;
}

/** The one that an object's first message carries: nothing came before it. */
const FIRST_VERSION = 1n;

interface Named {
  readonly kind: string;
  readonly object: TrackedObject;
}

/**
 * The events with their whole types. An object's status counts as new when it isn't the one that its last
 * event had; an event that came too late (its version is known) says only that the object was updated. So
 * does one whose predecessors nobody here has seen: its status may be old, and `.succeeded` twice makes a
 * receiver deliver twice.
 */
export const typed = async (
  tx: Transaction,
  tenantId: string,
  events: readonly PublicEvent[],
): Promise<PublicEvent[]> => {
  const named = events.flatMap(({ type, tracked }) =>
    tracked === undefined ? [] : [{ kind: type, object: tracked }],
  );
  if (named.length === 0) return [...events];
  const known = await lockObjects(tx, tenantId, named);
  const result = events.map((event) => {
    const { type, tracked } = event;
    if (tracked === undefined) return event;
    const key = keyOf(type, tracked.id);
    const before = known.get(key);
    const version = BigInt(tracked.version);
    const isNew =
      before === undefined
        ? version === FIRST_VERSION
        : version > before.version && tracked.status !== before.status;
    if (before === undefined || version > before.version) known.set(key, { version, status: tracked.status });
    return { ...event, type: `${type}.${isNew ? tracked.status : 'updated'}` };
  });
  await storeObjects(tx, tenantId, named, known);
  return result;
};

const keyOf = (kind: string, id: string): string => `${kind} ${id}`;

async function lockObjects(
  tx: Transaction,
  tenantId: string,
  named: readonly Named[],
): Promise<Map<string, Known>> {
  const rows = await tx.query<{ kind: string; id: string } & Known>(
    `select kind, id, version, status from webhook_object
      where tenant_id = $1 and (kind, id) in (select unnest($2::text[]), unnest($3::text[]))
      order by kind, id for update`,
    [tenantId, named.map(({ kind }) => kind), named.map(({ object }) => object.id)],
  );
  return new Map(rows.map(({ kind, id, version, status }) => [keyOf(kind, id), { version, status }]));
}

async function storeObjects(
  tx: Transaction,
  tenantId: string,
  named: readonly Named[],
  known: ReadonlyMap<string, Known>,
): Promise<void> {
  const last = [
    ...new Map(named.map(({ kind, object: { id } }) => [keyOf(kind, id), { kind, id }])).entries(),
  ]
    .map(([key, place]) => ({ ...place, ...known.get(key) }))
    .sort((a, b) => (keyOf(a.kind, a.id) < keyOf(b.kind, b.id) ? -1 : 1));
  await tx.query(
    `insert into webhook_object (tenant_id, kind, id, version, status)
     values ($1, unnest($2::text[]), unnest($3::text[]), unnest($4::bigint[]), unnest($5::text[]))
     on conflict (tenant_id, kind, id) do update
        set version = excluded.version, status = excluded.status, updated_at = clock_timestamp()
      where webhook_object.version < excluded.version`,
    [
      tenantId,
      last.map(({ kind }) => kind),
      last.map(({ id }) => id),
      last.map(({ version }) => version),
      last.map(({ status }) => status),
    ],
  );
}
