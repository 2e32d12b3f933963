import { describe, expect, it } from '@jest/globals';
import { SETTLEMENT_MEMBERS, SETTLEMENT_STATUSES } from '@defter/payments-contracts';
import type { Settlement } from './index.js';

// Types are gone when a test runs: the compiler holds these to the type, and the test to the contract.
const members = {
  ...{ id: 0, object: 0, status: 0, connection_id: 0, reference: 0, amount_minor: 0, currency: 0 },
  ...{ payload_hash: 0, requested_by: 0, approved_by: 0, approved_at: 0, ended_by: 0, ended_at: 0 },
  ...{ end_reason: 0, reverted_by_transaction: 0, reinstated_by_transaction: 0, batch: 0 },
  ...{ fee_difference_minor: 0, automatic: 0, similar_to: 0, bookings: 0, allowed_actions: 0 },
  created_at: 0,
} satisfies Record<keyof Settlement, 0>;
const statuses = {
  ...{ requested: 0, approved: 0, rejected: 0, withdrawn: 0, refused: 0, reverted: 0 },
} satisfies Record<Settlement['status'], 0>;

describe('a settlement of the client', () => {
  it('has what the API says, and stands where it can stand', () => {
    expect(Object.keys(members).sort()).toEqual([...SETTLEMENT_MEMBERS].sort());
    expect(Object.keys(statuses).sort()).toEqual([...SETTLEMENT_STATUSES].sort());
  });
});
