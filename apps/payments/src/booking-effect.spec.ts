import { describe, expect, it } from '@jest/globals';
import type { LedgerCommandV1, LedgerEventV1 } from '@defter/ledger-contracts';
import { effectOf, effectOfEvent } from './booking-effect.js';

const posting = (amount: string) => ({ source: 'a', destination: 'b', amount, asset: 'TRY/2' });
const common = { ledger: 'main', sequence: 1, recordedAt: '2026-02-01T10:00:00Z', balances: [] };
const created = (more: object = {}): LedgerEventV1 => ({
  ...{ ...common, type: 'TransactionCreated' },
  data: {
    transaction: {
      ...{ id: 1, status: 'posted', reference: 'r', postings: [posting('10')], metadata: { by: 'us' } },
      ...{ timestamp: '2026-02-01T10:00:00Z', ...more },
    },
  },
});
const ended = (type: 'HoldPosted' | 'HoldVoided', more: object = {}): LedgerEventV1 => ({
  ...{ ...common, type },
  data: { transactionId: 1, reference: 'r', postings: [posting('10')], closed: true, ...more },
});
const create: LedgerCommandV1 = {
  ...{ type: 'CreateTransaction', ledger: 'main', reference: 'r', postings: [posting('10')] },
};
const held = [posting('10')];

describe('what a booking does', () => {
  it.each<[string, LedgerCommandV1, LedgerEventV1]>([
    ['a transaction', create, created()],
    ['a hold', { ...create, status: 'pending' }, created({ status: 'pending' })],
    ['a posted hold', { type: 'PostHold', ledger: 'main', reference: 'r' }, ended('HoldPosted')],
    ['a voided hold', { type: 'VoidHold', ledger: 'main', reference: 'r' }, ended('HoldVoided')],
  ])('is the same of the command and of its event: %s', (_what, command, event) =>
    expect(effectOfEvent(event)).toBe(effectOf(command, held)),
  );

  const post: LedgerCommandV1 = { type: 'PostHold', ledger: 'main', reference: 'r' };
  it.each<[string, LedgerCommandV1, LedgerEventV1]>([
    ['one kuruş less', create, created({ postings: [posting('9')] })],
    ['another reference', create, created({ reference: 's' })],
    ['no reference', create, created({ reference: undefined })],
    ['a hold instead', create, created({ status: 'pending' })],
    ['another ledger', create, { ...created(), ledger: 'other' }],
    ['one kuruş less of a hold', post, ended('HoldPosted', { postings: [posting('9')] })],
    ['a part of a hold, the rest kept', post, ended('HoldPosted', { closed: false })],
    ['another hold', post, ended('HoldPosted', { reference: 's' })],
    ['the hold given back', post, ended('HoldVoided')],
  ])('is something else with %s', (_what, command, event) =>
    expect(effectOfEvent(event)).not.toBe(effectOf(command, held)),
  );
});
