-- While a ledger is being restored: the revision that the last commit of the import left. Any other commit
-- raises the revision, which ends the restoring without a word from the writer. Null: not being restored.
alter table ledger_head add column restored_revision bigint;
