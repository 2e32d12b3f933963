-- When the provider was asked for an attempt whose payer's time is over; null until then.
alter table operation add column if not exists payer_asked_at timestamptz;
