import type { Approval, ExistingPayout } from '@defter/payments-domain';
import type { Transaction } from '@defter/platform';

/** Writes the payout's present revision, so that approvals of it can be. */
export const insertRevision = (
  tx: Transaction,
  tenantId: string,
  { payoutId, revision, payloadHash, revisedBy }: ExistingPayout,
): Promise<unknown> =>
  tx.query(
    `insert into payout_revision (tenant_id, payout_id, revision, payload_hash, revised_by)
     values ($1, $2, $3, $4, $5)`,
    [tenantId, payoutId, revision, payloadHash, revisedBy],
  );

/**
 * Writes an approval. The database refuses one by who asked or edited, a second one of the revision by the
 * same person, and one whose hash isn't the revision's.
 */
export const insertApproval = (
  tx: Transaction,
  tenantId: string,
  { payoutId, requestedBy, revision, revisedBy }: ExistingPayout,
  { by, role, payloadHash, note }: Approval,
): Promise<unknown> =>
  tx.query(
    `insert into payout_approval (tenant_id, payout_id, revision, approved_by, role, requested_by, revised_by,
                                  payload_hash, note)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [tenantId, payoutId, revision, by, role, requestedBy, revisedBy, payloadHash, note],
  );
