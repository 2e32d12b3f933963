-- outside a transaction: what was added as `not valid` in 0002-refunds is checked while others write.
alter table booking validate constraint booking_kind_check;
