-- Somebody asked for the provider's word while a runner was at it.
alter table operation add column if not exists asked_again boolean not null default false;
