-- What an outsider verifies the ledger by; see note.md. Both tables are append-only.

-- Complete nodes of the Merkle tree whose leaves are the hashes of the batches: every eighth level.
create table batch_tree_node (
  ledger_id integer not null,
  -- A node covers 256^level batches; the leaves, level 0, are made from the batches themselves.
  level smallint not null check (level > 0),
  -- From 0, within the level.
  position bigint not null check (position >= 0),
  hash bytea not null check (octet_length(hash) = 32),
  primary key (ledger_id, level, position)
);

create table checkpoint (
  ledger_id integer not null,
  -- How many batches it covers.
  size bigint not null check (size > 0),
  -- The signed note, as it was signed.
  note text not null,
  primary key (ledger_id, size)
);

grant select, insert on batch_tree_node, checkpoint to :"service";
