/**
 * Matching, set-based. Parameters of every statement: $1 tenant, $2 provider, $3 connection, $4 run.
 *
 * Each pass takes what the ones before left over: the first one looks at all lines and puts those that it
 * doesn't match into `run_left_line`, the others take theirs out of it. Where several lines fit several
 * operations, the n-th line goes with the n-th operation in a fixed order, so that a repeated run finds the
 * same pairs; the unique keys of `match` make sure that nothing is used twice.
 */
export const RULE_VERSION = 2;

const INSERT = `insert into match (tenant_id, file_id, line_number, line_key, operation_id, leg, provider,
  connection_id, pass, rule_version, explanation, run_id)`;

/** What the passes look at; the rest of a line is looked up when it is told. */
const NARROW = [
  ...['file_id', 'line_number', 'line_key', 'report_ref', 'family', 'leg', 'operation_id', 'provider_ref'],
  ...['amount', 'fee', 'currency', 'business_on', 'occurred_at', 'surcharge', 'original_amount'],
  ...['original_currency', 'fx_rate'],
];
const narrow = (table: string): string => NARROW.map((name) => `${table}.${name}`).join(', ');

/** Lines that no pass so far has matched. */
export const LEFT_LINES = `
  select ${narrow('l')} from run_left_line l where l.tenant_id = $1 and l.run_id = $4`;

/** Lines that count (of no replaced report) and have no match. */
const UNMATCHED_LINES = `
  select ${narrow('l')} from report_line l
    join report_file f on f.tenant_id = $1 and f.file_id = l.file_id
    left join match m
      on m.tenant_id = $1 and m.file_id = l.file_id and m.line_number = l.line_number
   where l.tenant_id = $1 and l.provider = $2 and l.connection_id = $3
     and f.superseded_by is null and m.file_id is null`;

/** Why the amounts agree, or that they don't: the same rule as `explanationOf` in the domain. */
const EXPLANATION = `
  case when l.currency <> o.currency and l.original_currency is distinct from o.currency then 'differs'
       when l.currency = o.currency and l.amount = o.amount then 'exact'
       when l.currency = o.currency and l.fee > 0 and l.leg = 'payment' and l.amount + l.fee = o.amount
         then 'net-of-fee'
       when l.currency = o.currency and l.surcharge > 0 and l.amount - l.surcharge = o.amount
         then 'surcharge'
       when l.original_currency = o.currency and l.original_amount = o.amount and l.fx_rate is not null
         then case when abs(l.amount - l.original_amount * l.fx_rate) <= 0.5 then 'fx'
                   when abs(l.amount - l.original_amount * l.fx_rate) <= 1 then 'rounding'
                   else 'differs' end
       else 'differs' end`;

/** Whether people have ever linked lines of the connection; else nothing needs to be let go of. $1 to $3. */
export const HAS_LINKS = `
  select from manual_link where tenant_id = $1 and provider = $2 and connection_id = $3 limit 1`;

/** $1 to $3. What people have taken back, also while the run that took their word was under way. */
export const FORGET_REVOKED = `
  delete from match m
   where m.tenant_id = $1 and m.provider = $2 and m.connection_id = $3 and m.pass = 0
     and not exists (select from manual_link k
                      where k.tenant_id = $1 and k.operation_id = m.operation_id and k.leg = m.leg
                        and k.line_key = m.line_key and k.revoked_at is null)`;

/** $1 to $3. A line that repeats the operation's id has come: that is the real one. */
export const FORGET_OUTDONE = `
  delete from match m using (${UNMATCHED_LINES}) l, operation o
   where m.tenant_id = $1 and m.provider = $2 and m.connection_id = $3 and m.pass = 0
     and l.operation_id = m.operation_id and l.leg = m.leg
     and o.tenant_id = $1 and o.operation_id = m.operation_id and o.family = l.family`;

/**
 * Pass 1: the provider repeats our operation id. Of several lines the one with the right amount goes first.
 * It leaves the rest behind. One walk through both books: each further one over a million lines would take
 * seconds.
 */
export const MATCH_BY_OPERATION = `
  with named as materialized (
    select l.*, case when taken.operation_id is null then o.operation_id end as ours,
           ${EXPLANATION} as explanation
      from (${UNMATCHED_LINES}) l
      left join operation o on o.tenant_id = $1 and o.operation_id = l.operation_id
        and o.family = l.family and o.provider = $2 and o.connection_id = $3
      left join match taken
        on taken.tenant_id = $1 and taken.operation_id = o.operation_id and taken.leg = l.leg),
  doubled as materialized (
    select ours, leg from named where ours is not null group by ours, leg having count(*) > 1),
  ranked as materialized (
    select n.file_id, n.line_number,
           row_number() over (partition by ours, leg
             order by n.explanation <> 'differs' desc, n.business_on, n.report_ref, n.line_number) as nth
      from named n join doubled using (ours, leg)),
  added as (
    ${INSERT}
    select $1, n.file_id, n.line_number, n.line_key, n.ours, n.leg, $2, $3, 1, ${RULE_VERSION},
           n.explanation, $4
      from named n left join ranked r using (file_id, line_number)
     where n.ours is not null and coalesce(r.nth, 1) = 1
    returning 1),
  rest as (
    insert into run_left_line (tenant_id, run_id, ${NARROW.join(', ')})
    select $1, $4, ${narrow('n')} from named n left join ranked r using (file_id, line_number)
     where n.ours is null or r.nth > 1)
  select count(*)::int as count from added`;

/** Counts what a statement changes in the database: a million returned rows would only be counted here. */
export const counted = (change: string): string =>
  `with changed as (${change} returning 1) select count(*)::int as count from changed`;

/** Adds the pairs of a later pass, and takes their lines out of those that are left. */
const added = (ctes: string, pairs: string): string => `
  with ${ctes},
  added as (${INSERT} ${pairs} returning file_id, line_number),
  gone as (
    delete from run_left_line l using added a
     where l.tenant_id = $1 and l.run_id = $4 and l.file_id = a.file_id and l.line_number = a.line_number)
  select count(*)::int as count from added`;

/**
 * Pass 0: a person has said which operation the line is. They see in the amounts what differs. After pass 1:
 * where the provider itself repeats our id, nobody's word is needed, and a wrong one does no harm.
 */
export const MATCH_BY_PERSON = added(
  `pair as (
    select l.file_id, l.line_number, l.line_key, l.leg, o.operation_id, ${EXPLANATION} as explanation
      from (${LEFT_LINES}) l
      join manual_link link on link.tenant_id = $1 and link.provider = $2 and link.connection_id = $3
        and link.line_key = l.line_key and link.leg = l.leg and link.revoked_at is null
      join operation o on o.tenant_id = $1 and o.operation_id = link.operation_id and o.provider = $2
        and o.connection_id = $3 and o.family = l.family
      left join match taken
        on taken.tenant_id = $1 and taken.operation_id = o.operation_id and taken.leg = l.leg
     where taken.operation_id is null)`,
  `select $1, file_id, line_number, line_key, operation_id, leg, $2, $3, 0, ${RULE_VERSION}, explanation, $4
     from pair`,
);

/**
 * Passes 2 and 3: by the provider's reference and kind, and then also currency and amount, or not. A line
 * that names an operation of ours is of no other one, also while we haven't heard of the one that it names.
 */
const byReference = (pass: number, sameKeys: string): string =>
  added(
    `line as materialized (
    select l.*, row_number() over (partition by ${prefixed('l', sameKeys)}
                  order by l.business_on, l.report_ref, l.line_number) as nth
      from (${LEFT_LINES}) l
     where l.operation_id is null or l.operation_id not like 'op\\_%'),
  candidate as (
    select o.*, wanted.leg,
           row_number() over (partition by ${prefixed('o', sameKeys).replace('o.leg', 'wanted.leg')}
             order by o.occurred_at, o.operation_id) as nth
      from (select distinct provider_ref, leg from line where provider_ref <> '') wanted
      join operation o on o.tenant_id = $1 and o.provider = $2 and o.connection_id = $3
                      and o.provider_ref = wanted.provider_ref
      left join match taken
        on taken.tenant_id = $1 and taken.operation_id = o.operation_id and taken.leg = wanted.leg
     where taken.operation_id is null)`,
    `select $1, l.file_id, l.line_number, l.line_key, o.operation_id, l.leg, $2, $3, ${pass},
            ${RULE_VERSION}, ${EXPLANATION}, $4
       from line l join candidate o using (${sameKeys}, nth)`,
  );

const prefixed = (table: string, names: string): string =>
  names
    .split(', ')
    .map((name) => `${table}.${name}`)
    .join(', ');

export const MATCH_BY_REFERENCE_AND_AMOUNT = byReference(2, 'provider_ref, family, leg, currency, amount');
export const MATCH_BY_REFERENCE = byReference(3, 'provider_ref, family, leg');

/** More lines of one amount than this, and none is certain anyway; all pairs of them would be many. */
const PEERS = 100;

/**
 * Pass 5: the same kind, amount and currency at nearly the same time ($5, milliseconds), for lines that name
 * nothing and operations that nothing names otherwise. Only where a line fits one operation and that one no
 * other line; the rest is ambiguous, and for a person.
 */
export const MATCH_IN_WINDOW = added(
  `line as materialized (
    select l.*, count(*) over (partition by family, leg, currency, amount) as peers
      from (${LEFT_LINES}) l where l.operation_id is null),
  candidate as materialized (
    select o.*, wanted.leg, count(*) over (partition by o.family, wanted.leg, o.currency, o.amount) as peers
      from (select distinct family, leg, currency, amount from line) wanted
      join operation o on o.tenant_id = $1 and o.provider = $2 and o.connection_id = $3
        and o.family = wanted.family and o.currency = wanted.currency and o.amount = wanted.amount
        and o.result = any (case wanted.leg when 'return' then '{returned}' else '{succeeded,returned}' end
                              ::text[])
      left join match taken
        on taken.tenant_id = $1 and taken.operation_id = o.operation_id and taken.leg = wanted.leg
     where taken.operation_id is null),
  pair as (
    select l.file_id, l.line_number, l.line_key, l.leg, o.operation_id,
           count(*) over (partition by l.file_id, l.line_number) as fits,
           count(*) over (partition by o.operation_id, o.leg) as wanted
      from line l join candidate o using (family, leg, currency, amount)
     where l.peers <= ${PEERS} and o.peers <= ${PEERS}
       and (l.provider_ref = '' or o.provider_ref is null)
       and abs(extract(epoch from l.occurred_at - o.occurred_at)) * 1000 <= $5::bigint)`,
  `select $1, file_id, line_number, line_key, operation_id, leg, $2, $3, 5, ${RULE_VERSION}, 'exact', $4
     from pair where fits = 1 and wanted = 1`,
);

/** The passes' own working tables; whoever comes next begins with none. */
export const FORGET_WORK = ['run_left_line', 'run_batch', 'run_pair'].map(
  (table) => `delete from ${table} where tenant_id = $1 and run_id = $2`,
);
