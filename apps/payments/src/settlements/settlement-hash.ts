import { createHash } from 'node:crypto';
import { canonicalJson } from '@defter/platform';
import type { AskedSettlement } from '../settlement-row.js';

/** Who asks for what reconciliation has found; no person has this name. */
export const REQUESTER = 'service:reconciliation';

/** Digest (SHA-256, hex) of all that an approver decides about. */
export const settlementHash = (asked: Omit<AskedSettlement, 'payloadHash'>): string => {
  const { amountMinor, feeDifferenceMinor, ...rest } = asked;
  const amounts = { amountMinor: `${amountMinor}`, feeDifferenceMinor: `${feeDifferenceMinor}` };
  return createHash('sha256')
    .update(canonicalJson({ ...rest, ...amounts }))
    .digest('hex');
};
