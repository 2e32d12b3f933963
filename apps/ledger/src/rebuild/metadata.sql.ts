/**
 * What became of metadata between two sequences: per target what was set last and what was deleted last.
 * `operations` gives rows of (id, key, value, sequence); a value of null is a deletion.
 */
export const lastMetadata = (operations: string): string => `
operation as (${operations}),
latest as (select distinct on (id, key) id, key, value from operation order by id, key, sequence desc),
change as (
  select id,
    coalesce(jsonb_object_agg(key, value) filter (where value is not null), '{}') as added,
    coalesce(array_agg(key) filter (where value is null), '{}') as removed
  from latest group by id)`;

/** Set and deleted by commands of their own: rows of (id, key, value, sequence) for targets of a kind. */
export const metadataCommands = (kind: 'account' | 'transaction', member: 'address' | 'id'): string => `
select e.payload -> 'target' ->> '${member}' as id, entry.key, entry.value, e.sequence
from event e cross join lateral json_each_text(e.payload -> 'metadata') as entry
where e.ledger_id = $1 and e.sequence > $2 and e.sequence <= $3
  and e.type = 'MetadataSet' and e.payload -> 'target' ->> 'kind' = '${kind}'
union all
select e.payload -> 'target' ->> '${member}', e.payload ->> 'key', null, e.sequence
from event e
where e.ledger_id = $1 and e.sequence > $2 and e.sequence <= $3
  and e.type = 'MetadataDeleted' and e.payload -> 'target' ->> 'kind' = '${kind}'`;
