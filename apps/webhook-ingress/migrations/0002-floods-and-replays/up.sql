-- Refused requests, counted by the hour. Anybody can send one, so none has a row of its own.
create table webhook_refusal (
  tenant_id text not null,
  provider text not null,
  connection_id text not null,
  reason text not null check (length(reason) <= 40),
  hour_at timestamptz not null,
  refused bigint not null check (refused > 0),
  primary key (tenant_id, provider, connection_id, reason, hour_at)
);

-- A few of them as examples. The key bounds them: twenty of a connection in an hour, whatever comes and
-- however many replicas write.
create table webhook_refusal_sample (
  tenant_id text not null,
  provider text not null,
  connection_id text not null,
  hour_at timestamptz not null,
  slot smallint not null check (slot between 0 and 19),
  id text not null,
  reason text not null check (length(reason) <= 40),
  source text not null,
  path text not null,
  headers jsonb not null,
  -- Its beginning; `body_length` is what came.
  body bytea not null check (octet_length(body) <= 4096),
  body_length integer not null,
  refused_at timestamptz not null,
  primary key (tenant_id, provider, connection_id, hour_at, slot)
);

-- How often each signing key verified a request: a key that isn't used any more may go.
create table signing_key_use (
  tenant_id text not null,
  provider text not null,
  connection_id text not null,
  key_id text not null,
  uses bigint not null check (uses > 0),
  first_used_at timestamptz not null,
  last_used_at timestamptz not null,
  primary key (tenant_id, provider, connection_id, key_id)
);

grant select, insert, delete, update (refused) on webhook_refusal to :"service";
grant select, insert, delete on webhook_refusal_sample to :"service";
grant select, insert, update (uses, last_used_at) on signing_key_use to :"service";

-- What consumers of our topics couldn't handle, with their reason. `tenant_id` is empty where the message
-- itself doesn't say whose it is.
create table dead_letter (
  tenant_id text not null,
  id text not null,
  topic text not null,
  partition integer not null,
  -- Its place in the topic of dead letters.
  position bigint not null,
  consumer text not null,
  reason text not null,
  message_id text,
  event_id text,
  request_id text,
  key text not null,
  value bytea not null,
  died_at timestamptz not null,
  received_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
-- A topic that was made anew counts from 0 again.
create unique index dead_letter_once on dead_letter (tenant_id, topic, partition, position, died_at);
create index dead_letter_of_consumer on dead_letter (tenant_id, consumer, id);

-- A replay: proposed with its dry run, approved by another person, carried out at a rate.
create table replay_job (
  tenant_id text not null,
  id text not null,
  reason text not null check (length(reason) between 1 and 500),
  selection jsonb not null,
  selection_hash text not null check (selection_hash ~ '^[0-9a-f]{64}$'),
  item_count integer not null check (item_count > 0),
  event_count integer not null check (event_count > 0),
  per_second integer not null check (per_second between 1 and 1000),
  requested_by text not null,
  requested_key text not null,
  proposed_at timestamptz not null,
  expires_at timestamptz not null,
  status text not null default 'proposed'
    check (status in ('proposed', 'running', 'paused', 'canceled', 'completed')),
  approved_by text,
  approved_key text,
  approved_hash text,
  approved_at timestamptz,
  -- Who paused, resumed or canceled last.
  changed_by text,
  changed_at timestamptz,
  next_at timestamptz,
  done integer not null default 0,
  published integer not null default 0,
  skipped integer not null default 0,
  primary key (tenant_id, id),
  constraint replay_takes_two check (approved_by <> requested_by),
  constraint replay_as_it_was_shown check (approved_hash = selection_hash),
  constraint replay_approval_whole check (
    (approved_by is null) = (approved_hash is null) and (approved_by is null) = (approved_at is null)
      and (approved_by is null) = (approved_key is null)),
  constraint replay_runs_approved check (status in ('proposed', 'canceled') or approved_by is not null),
  constraint replay_progress check (done = published + skipped and done <= item_count),
  constraint replay_completed_whole check (status <> 'completed' or done = item_count)
);
create index replay_job_due on replay_job (next_at) where status = 'running';

-- What a job replays, in order; frozen when it is proposed.
create table replay_item (
  tenant_id text not null,
  job_id text not null,
  ordinal integer not null check (ordinal >= 0),
  request_id text not null,
  dead_letter_id text,
  body_sha256 bytea not null,
  -- What would be sent again, as the dry run saw it.
  would text not null check (would in ('publish', 'skip')),
  events jsonb not null,
  why text,
  outcome text check (outcome in ('published', 'skipped')),
  published_events integer,
  detail text,
  done_at timestamptz,
  primary key (tenant_id, job_id, ordinal),
  foreign key (tenant_id, job_id) references replay_job (tenant_id, id),
  foreign key (tenant_id, request_id) references webhook_request (tenant_id, id),
  foreign key (tenant_id, dead_letter_id) references dead_letter (tenant_id, id),
  check ((outcome is null) = (done_at is null))
);
create index replay_item_left on replay_item (tenant_id, job_id, ordinal) where done_at is null;
create index replay_item_of_letter on replay_item (tenant_id, dead_letter_id)
  where dead_letter_id is not null;

-- The job that a replay was part of; those of before had none.
alter table webhook_replay add column job_id text;

grant select, insert on dead_letter to :"service";
grant select, insert, update (status, approved_by, approved_key, approved_hash, approved_at, changed_by,
  changed_at, next_at, done, published, skipped) on replay_job to :"service";
grant select, insert, update (outcome, published_events, detail, done_at) on replay_item to :"service";
