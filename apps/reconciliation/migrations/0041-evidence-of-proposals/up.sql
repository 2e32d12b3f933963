-- Who handed in the files that a proposal's finding follows from: none of them may approve it.
alter table proposal_revision add column if not exists evidence_by text[] not null default '{}';
alter table proposal_approval add column if not exists evidence_by text[] not null default '{}';
alter table proposal_revision add constraint proposal_revision_evidence
  unique (tenant_id, proposal_id, revision, evidence_by);
-- Also against processes of before, which know nobody: their approvals are of a revision without evidence.
alter table proposal_approval
  add constraint approval_not_by_its_evidence check (not approved_by = any (evidence_by)),
  add constraint approval_evidence foreign key (tenant_id, proposal_id, revision, evidence_by)
    references proposal_revision (tenant_id, proposal_id, revision, evidence_by);
