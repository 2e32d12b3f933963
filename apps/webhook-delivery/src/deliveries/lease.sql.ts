/** A delivery that a worker has taken. */
export interface LeaseRow {
  readonly id: string;
  readonly endpoint_id: string;
  readonly lease_number: number;
  readonly tries: number;
  readonly troubled: boolean;
}

/**
 * Takes due deliveries of a tenant ($1), in three steps.
 *
 * `lane` walks over the endpoints that have anything open, one index look-up each: endpoints without work
 * cost nothing, and the longest queue in the table costs as much as the shortest.
 *
 * `endpoint` locks some of those with something due: by chance, and no more than there are places, for each
 * has at least one. Another worker passes over a locked one, so that two workers never add up to more calls
 * than the endpoint allows. An endpoint that fails is called once at a time, to see whether it is back.
 *
 * `due` deals them out in turns (each endpoint's first, then each one's second, …) until the places for
 * endpoints that go well ($2) and for those in trouble ($3) are taken. $4 is the lease in ms, $5 the length
 * of the ladder: what has as many leases and no result is left to housekeeping. $6 are the states that can
 * be leased.
 */
export const LEASE = `
  with recursive lane as (
    (select endpoint_id from webhook_delivery
      where tenant_id = $1 and due_at is not null order by endpoint_id limit 1)
    union all
    select (select next.endpoint_id from webhook_delivery next
             where next.tenant_id = $1 and next.due_at is not null and next.endpoint_id > lane.endpoint_id
             order by next.endpoint_id limit 1)
      from lane where lane.endpoint_id is not null
  ), endpoint as materialized (
    select one.id, one.failing_since is not null or one.slow_since is not null as troubled,
           case when one.failing_since is not null then 1 else one.concurrency end as concurrency
      from webhook_endpoint one
     where one.tenant_id = $1 and one.status = 'enabled'
       and one.id in (select lane.endpoint_id from lane where lane.endpoint_id is not null)
       and exists (select from webhook_delivery first where first.tenant_id = $1
                      and first.endpoint_id = one.id and first.due_at <= now())
       and case when one.failing_since is null and one.slow_since is null then $2::int else $3::int end > 0
     order by random()
     limit $2::int + $3::int
       for no key update of one skip locked
  ), due as (
    select each.id, each.lease_number, endpoint.troubled, each.turn,
           row_number() over (partition by endpoint.troubled order by each.turn, random()) as place
      from endpoint
      cross join lateral (
        select found.id, found.lease_number, row_number() over (order by found.due_at, found.id) as turn
          from (select id, lease_number, due_at from webhook_delivery
                 where tenant_id = $1 and endpoint_id = endpoint.id and due_at <= now() and tries < $5
                 order by due_at, id
                 limit greatest(0, endpoint.concurrency - (
                   select count(*) from webhook_delivery busy
                    where busy.tenant_id = $1 and busy.endpoint_id = endpoint.id
                      and busy.state = 'sending' and busy.due_at > now()))) found
      ) each
  )
  update webhook_delivery
     set state = 'sending', tries = webhook_delivery.tries + 1, lease_number = due.lease_number + 1,
         leased_at = now(), due_at = now() + $4 * interval '1 millisecond'
    from due
   where webhook_delivery.tenant_id = $1 and webhook_delivery.id = due.id
     and webhook_delivery.lease_number = due.lease_number and webhook_delivery.state = any($6)
     and due.place <= case when due.troubled then $3::int else $2::int end
  returning webhook_delivery.id, webhook_delivery.endpoint_id, webhook_delivery.lease_number,
            webhook_delivery.tries, due.troubled`;

/** Everything one attempt needs, read when it begins: a change of the endpoint counts at once. */
export interface ParcelRow {
  readonly message_id: string;
  readonly type: string;
  readonly body: string;
  readonly url: string;
  readonly headers_sealed: string;
  readonly secrets: readonly {
    readonly id: string;
    readonly scheme: 'v1' | 'v1a';
    readonly sealed: string;
  }[];
}

export const PARCEL = `
  select delivery.message_id, delivery.type, message.body, endpoint.url, endpoint.headers_sealed,
         (select coalesce(jsonb_agg(jsonb_build_object('id', secret.id, 'scheme', secret.scheme,
                                                       'sealed', secret.sealed)
                                    order by secret.id desc), '[]')
            from webhook_secret secret
           where secret.tenant_id = $1 and secret.endpoint_id = delivery.endpoint_id
             and (secret.expires_at is null or secret.expires_at > now())) as secrets
    from webhook_delivery delivery
    join webhook_message message on message.tenant_id = $1 and message.id = delivery.message_id
    join webhook_endpoint endpoint on endpoint.tenant_id = $1 and endpoint.id = delivery.endpoint_id
   where delivery.tenant_id = $1 and delivery.id = $2 and delivery.lease_number = $3
     and delivery.state = 'sending' and endpoint.status = 'enabled'`;
