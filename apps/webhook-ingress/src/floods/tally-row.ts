import type { Queryable } from '@defter/platform';

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

/** One statement, so that what is taken back after a failure was written not at all. */
const ADD = `
with counted as (
  insert into webhook_refusal (tenant_id, provider, connection_id, reason, hour_at, refused)
  select $1, * from unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::bigint[])
  order by 2, 3, 4, 5
  on conflict (tenant_id, provider, connection_id, reason, hour_at)
  do update set refused = webhook_refusal.refused + excluded.refused
), sampled as (
  insert into webhook_refusal_sample (tenant_id, provider, connection_id, reason, hour_at, slot, id, source,
    path, headers, body, body_length, refused_at)
  select $1, * from unnest($7::text[], $8::text[], $9::text[], $10::timestamptz[], $11::smallint[],
    $12::text[], $13::text[], $14::text[], $15::jsonb[], $16::bytea[], $17::int[], $18::timestamptz[])
  order by 3, 5, 6
  on conflict do nothing
)
insert into signing_key_use (tenant_id, provider, connection_id, key_id, uses, first_used_at, last_used_at)
select $1, use.*, use.at from unnest($19::text[], $20::text[], $21::text[], $22::bigint[], $23::timestamptz[])
  as use (provider, connection_id, key_id, uses, at)
order by 2, 3, 4
on conflict (tenant_id, provider, connection_id, key_id)
do update set uses = signing_key_use.uses + excluded.uses,
  last_used_at = greatest(signing_key_use.last_used_at, excluded.last_used_at)`;

/** Counts and samples are for looking into a flood, not for ever. */
const FORGET = [
  `delete from webhook_refusal where tenant_id = $1 and hour_at < $2::timestamptz - interval '90 days'`,
  `delete from webhook_refusal_sample where tenant_id = $1 and hour_at < $2::timestamptz - interval '7 days'`,
];

/** Adds rows of one tenant to the tables, all or none; replicas take them in one order. */
export async function addTally(database: Queryable, tenantId: string, tally: TallyRows): Promise<void> {
  const { counts, samples, uses } = tally;
  await database.query(ADD, [
    tenantId,
    ...columnsOf(counts, ['provider', 'connectionId', 'reason', 'hourAt', 'refused']),
    ...columnsOf(samples, ['provider', 'connectionId', 'reason', 'hourAt', 'slot', 'id', 'source', 'path']),
    samples.map(({ headers }) => JSON.stringify(headers)),
    ...columnsOf(samples, ['body', 'bodyLength', 'at']),
    ...columnsOf(uses, ['provider', 'connectionId', 'keyId', 'uses', 'at']),
  ]);
}

/** Takes away what is too old to be of use. */
export async function forgetOld(database: Queryable, tenantId: string, now: Date): Promise<void> {
  for (const statement of FORGET) await database.query(statement, [tenantId, now]);
}

function columnsOf<R>(rows: readonly R[], names: readonly (keyof R)[]): unknown[][] {
  return names.map((name) => rows.map((row) => row[name]));
}
