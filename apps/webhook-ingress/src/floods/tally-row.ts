import { type Transaction, writeJson } from '@defter/platform';

/** How many requests of a connection were refused in an hour, and why. */
export interface RefusalCount {
  readonly tenantId: string;
  readonly provider: string;
  readonly connectionId: string;
  readonly reason: string;
  readonly hourAt: Date;
  refused: number;
}

/** A refused request, as an example for people. Never read as an event. */
export interface RefusalSample extends Omit<RefusalCount, 'refused'> {
  readonly slot: number;
  readonly id: string;
  readonly source: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Its beginning. */
  readonly body: Buffer;
  readonly bodyLength: number;
  readonly at: Date;
}

/** How often a signing key verified a request, since the last time it was written. */
export interface KeyUse {
  readonly tenantId: string;
  readonly provider: string;
  readonly connectionId: string;
  readonly keyId: string;
  uses: number;
  at: Date;
}

export interface TallyRows {
  readonly counts: readonly RefusalCount[];
  readonly samples: readonly RefusalSample[];
  readonly uses: readonly KeyUse[];
}

const ADD_COUNTS = `
  insert into webhook_refusal (tenant_id, provider, connection_id, reason, hour_at, refused)
  select $1, * from unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::bigint[])
  order by 2, 3, 4, 5
  on conflict (tenant_id, provider, connection_id, reason, hour_at)
  do update set refused = webhook_refusal.refused + excluded.refused`;

const ADD_SAMPLES = `
  insert into webhook_refusal_sample (tenant_id, provider, connection_id, reason, hour_at, slot, id, source,
    path, headers, body, body_length, refused_at)
  select $1, * from unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::smallint[],
    $7::text[], $8::text[], $9::text[], $10::jsonb[], $11::bytea[], $12::int[], $13::timestamptz[])
  order by 3, 5, 6
  on conflict do nothing`;

const ADD_USES = `
  insert into signing_key_use (tenant_id, provider, connection_id, key_id, uses, first_used_at, last_used_at)
  select $1, use.*, use.at from unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::timestamptz[])
    as use (provider, connection_id, key_id, uses, at)
  order by 2, 3, 4
  on conflict (tenant_id, provider, connection_id, key_id)
  do update set uses = signing_key_use.uses + excluded.uses,
    last_used_at = greatest(signing_key_use.last_used_at, excluded.last_used_at)`;

/** Counts and samples are for looking into a flood, not for ever. */
const FORGET = [
  `delete from webhook_refusal where tenant_id = $1 and hour_at < now() - interval '90 days'`,
  `delete from webhook_refusal_sample where tenant_id = $1 and hour_at < now() - interval '7 days'`,
];

/** Adds to the tables. Each statement names one tenant, and takes its rows in one order. */
export async function writeTally(tx: Transaction, { counts, samples, uses }: TallyRows): Promise<void> {
  const tenants = new Set([...counts, ...uses].map(({ tenantId }) => tenantId));
  for (const tenantId of [...tenants].sort()) {
    const of = <R extends { readonly tenantId: string }>(rows: readonly R[]): R[] =>
      rows.filter((row) => row.tenantId === tenantId);
    await add(tx, ADD_COUNTS, tenantId, of(counts).map(countColumns));
    await add(tx, ADD_SAMPLES, tenantId, of(samples).map(sampleColumns));
    await add(tx, ADD_USES, tenantId, of(uses).map(useColumns));
    if (of(samples).length > 0) for (const statement of FORGET) await tx.query(statement, [tenantId]);
  }
}

async function add(
  tx: Transaction,
  statement: string,
  tenantId: string,
  rows: readonly (readonly unknown[])[],
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  await tx.query(statement, [tenantId, ...first.map((_, column) => rows.map((row) => row[column]))]);
}

const countColumns = (row: RefusalCount): unknown[] => [
  ...[row.provider, row.connectionId, row.reason, row.hourAt, row.refused],
];
const sampleColumns = (row: RefusalSample): unknown[] => [
  ...[row.provider, row.connectionId, row.reason, row.hourAt, row.slot, row.id, row.source, row.path],
  ...[writeJson(row.headers), row.body, row.bodyLength, row.at],
];
const useColumns = (row: KeyUse): unknown[] => [
  ...[row.provider, row.connectionId, row.keyId, row.uses, row.at],
];
