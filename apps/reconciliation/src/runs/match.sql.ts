/**
 * Matching, set-based. Parameters of every statement: $1 tenant, $2 provider, $3 connection, $4 run.
 *
 * Each pass takes what the ones before left over. Where several lines fit several operations, the n-th line
 * goes with the n-th operation in a fixed order, so that a repeated run finds the same pairs; the unique
 * keys of `match` make sure that nothing is used twice.
 */
export const RULE_VERSION = 2;

const INSERT = `insert into match (tenant_id, file_id, line_number, line_key, operation_id, leg, provider,
  connection_id,
                                   pass, rule_version, explanation, run_id)`;

/** The lines that count (of no replaced report) and that no pass has matched. */
export const UNMATCHED_LINES = `
  select l.* from report_line l
    join report_file f on f.tenant_id = $1 and f.file_id = l.file_id
    left join match m on m.tenant_id = $1 and m.file_id = l.file_id and m.line_number = l.line_number
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

/** Pass 0: a person has said which operation the line is. They see in the amounts what differs. */
export const MATCH_BY_PERSON = `
  ${INSERT}
  select $1, l.file_id, l.line_number, l.line_key, o.operation_id, l.leg, $2, $3, 0, ${RULE_VERSION},
         ${EXPLANATION}, $4
    from (${UNMATCHED_LINES}) l
    join manual_link link on link.tenant_id = $1 and link.provider = $2 and link.connection_id = $3
      and link.line_key = l.line_key and link.leg = l.leg
    join operation o on o.tenant_id = $1 and o.operation_id = link.operation_id and o.provider = $2
      and o.connection_id = $3 and o.family = l.family
    left join match taken
      on taken.tenant_id = $1 and taken.operation_id = o.operation_id and taken.leg = l.leg
   where taken.operation_id is null`;

/**
 * Pass 1: the provider repeats our operation id. Of several lines the one with the right amount goes first.
 */
export const MATCH_BY_OPERATION = `
  ${INSERT}
  select $1, file_id, line_number, line_key, operation_id, leg, $2, $3, 1, ${RULE_VERSION}, explanation, $4
    from (select l.file_id, l.line_number, l.line_key, l.leg, o.operation_id, ${EXPLANATION} as explanation,
                 row_number() over (partition by o.operation_id, l.leg
                   order by ${EXPLANATION} <> 'differs' desc,
                            l.business_on, l.report_ref, l.line_number) as nth
            from (${UNMATCHED_LINES}) l
            join operation o on o.tenant_id = $1 and o.operation_id = l.operation_id and o.family = l.family
            left join match taken on taken.tenant_id = $1 and taken.operation_id = o.operation_id
              and taken.leg = l.leg
           where o.provider = $2 and o.connection_id = $3 and taken.operation_id is null) pair
   where nth = 1`;

/**
 * Passes 2 and 3: by the provider's reference and kind, and then also currency and amount, or not. A line
 * that names an operation of ours is of no other one, also while we haven't heard of the one that it names.
 */
const byReference = (pass: number, sameKeys: string): string => `
  ${INSERT}
  with line as materialized (
    select l.*, row_number() over (partition by ${prefixed('l', sameKeys)}
                  order by l.business_on, l.report_ref, l.line_number) as nth
      from (${UNMATCHED_LINES}) l
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
     where taken.operation_id is null)
  select $1, l.file_id, l.line_number, l.line_key, o.operation_id, l.leg, $2, $3, ${pass}, ${RULE_VERSION},
         ${EXPLANATION}, $4
    from line l join candidate o using (${sameKeys}, nth)`;

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
export const MATCH_IN_WINDOW = `
  ${INSERT}
  with line as materialized (
    select l.*, count(*) over (partition by family, leg, currency, amount) as peers
      from (${UNMATCHED_LINES}) l where l.operation_id is null),
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
       and abs(extract(epoch from l.occurred_at - o.occurred_at)) * 1000 <= $5::bigint)
  select $1, file_id, line_number, line_key, operation_id, leg, $2, $3, 5, ${RULE_VERSION}, 'exact', $4
    from pair where fits = 1 and wanted = 1`;
