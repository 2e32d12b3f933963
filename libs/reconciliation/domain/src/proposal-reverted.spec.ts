import { describe, expect, it } from '@jest/globals';
import { evolve } from './finding.evolve.js';
import { type FindingCommand, type FindingEvent, noFinding } from './finding.js';
import {
  approved,
  began,
  corrected,
  given,
  proposed,
  raised,
  resolved,
  surplus,
} from './proposal.fixture.js';

describe('a correction that is reverted in the ledger', () => {
  const history = [raised, proposed, approved, began, corrected, resolved] as const;
  const note = {
    ...{ type: 'NoteReversal', proposalId: 'p1', kind: 'correct', amount: 100n, transactionId: '9' },
    openTakeBack: undefined,
  } as const satisfies FindingCommand;
  const reverted = {
    ...{ type: 'FindingCorrectionReverted', proposalId: 'p1', kind: 'correct', amount: '100' },
    transactionId: '9',
  } as const satisfies FindingEvent;
  const backProposed = { ...proposed, proposalId: 'p2', kind: 'take_back' } as const;

  it('opens the finding, all of whose difference may be booked again', () => {
    given(...history)
      .when(note)
      .thenAccepted(reverted);
    const after = [...history, reverted].reduce(evolve, noFinding);
    expect(after).toMatchObject({ status: 'reopened', corrected: 0n, proposal: null });
  });
  it('is over where the difference is gone, too', () =>
    given(...history, surplus('run_2'))
      .when(note)
      .thenAccepted(reverted, { type: 'FindingAutoResolved', cause: 'p1' }));
  it('leaves nothing to take back', () => {
    const voided: FindingEvent = {
      ...{ type: 'FindingProposalEnded', proposalId: 'p2', how: 'voided', by: 'transaction 9' },
      reason: 'Transaction 9 has reverted it in the ledger',
    };
    given(...history, backProposed)
      .when({ ...note, openTakeBack: 'p2' })
      .thenAccepted(voided, reverted);
    const began2 = { ...began, proposalId: 'p2' } as FindingEvent;
    given(...history, backProposed, { ...approved, proposalId: 'p2' }, began2)
      .when({ ...note, openTakeBack: undefined })
      .thenAccepted(reverted);
  });
  it('stands again where the reversal by two people is reverted', () => {
    const takenBack = { ...corrected, type: 'FindingCorrectionTakenBack', proposalId: 'p2' } as const;
    const again = { ...reverted, proposalId: 'p2', kind: 'take_back' } as const;
    const before = [
      ...([...history, backProposed, { ...approved, proposalId: 'p2' }] as FindingEvent[]),
      ...([{ ...began, proposalId: 'p2' }, takenBack] as FindingEvent[]),
    ];
    given(...before)
      .when({ ...note, proposalId: 'p2', kind: 'take_back' })
      .thenAccepted(again);
    expect([...before, again].reduce(evolve, noFinding)).toMatchObject({
      status: 'reopened',
      corrected: 100n,
    });
  });
});
