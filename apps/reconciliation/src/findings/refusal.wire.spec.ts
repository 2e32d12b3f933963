import { expect, it } from '@jest/globals';
import { inWireNames } from './refusal.wire.js';

it('names the members of a refusal as REST does, and leaves the rest alone', () => {
  const refusal = { code: 'proposal-open', proposalId: 'prp_aB', findingType: 'amount_mismatch', limit: '5' };
  expect(inWireNames({ accepted: false, refusal })).toEqual({
    accepted: false,
    refusal: { code: 'proposal-open', proposal_id: 'prp_aB', finding_type: 'amount_mismatch', limit: '5' },
  });
  const accepted = { accepted: true as const, findingId: 'fnd_1' };
  expect(inWireNames(accepted)).toBe(accepted);
});
