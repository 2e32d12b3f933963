-- outside a transaction: the table is large, and writes go on meanwhile

-- Matching walks through all lines that are left, and joins them by hashing; nobody looks a line up by these.
drop index concurrently if exists report_line_operation;
drop index concurrently if exists report_line_reference;
drop index concurrently if exists report_line_batch;
