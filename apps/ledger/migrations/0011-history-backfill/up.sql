-- outside a transaction: it commits a thousand events at a time, and goes on where it was when it failed.
call backfill_history(1000);
