import { describe, expect, it } from '@jest/globals';
import { evolve } from './finding.evolve.js';
import { type FindingEvent, noFinding } from './finding.js';
import { findingTypes } from './finding-type.js';
import {
  DAY,
  approve,
  approved,
  began,
  begin,
  booked,
  corrected,
  ended,
  expiresAt,
  given,
  gone,
  other,
  otherFacts,
  propose,
  proposed,
  raised,
  resolved,
  seen,
  surplus,
  vanish,
} from './proposal.fixture.js';
import { fits, moneyResolutions } from './resolution.js';

describe('proposing', () => {
  it('shows what is to be booked', () => given(raised).when(propose).thenAccepted(proposed));
  it('is bounded by what the finding explains', () =>
    given(raised)
      .when({ ...propose, amount: 101n })
      .thenRefused({ code: 'exceeds-difference', amount: '101', limit: '100' }));
  it('moves something', () =>
    given(raised)
      .when({ ...propose, amount: 0n })
      .thenRefused({ code: 'exceeds-difference', amount: '0', limit: '100' }));
  it('is for people', () =>
    given(raised)
      .when({ ...propose, isPerson: false })
      .thenRefused({ code: 'person-required' }));
  it('is one at a time', () =>
    given(raised, proposed)
      .when({ ...propose, proposalId: 'p2', by: 'mehmet' })
      .thenRefused({ code: 'proposal-open', proposalId: 'p1' }));
  it('keeps one person from closing the finding beside it', () =>
    given(raised, proposed)
      .when({ type: 'Resolve', by: 'can', resolution: 'psp_dispute', note: '' })
      .thenRefused({ code: 'proposal-open', proposalId: 'p1' }));
  it('fits no type whose outcome is open, or whose money comes by itself', () => {
    const none = Object.keys(findingTypes).filter(
      (type) => !moneyResolutions.some((resolution) => fits(resolution, type as keyof typeof findingTypes)),
    );
    expect(none).toEqual([
      ...['currency_mismatch', 'status_mismatch', 'duplicate_charge', 'payout_returned', 'payout_stuck'],
      ...['unknown_operation_aged', 'wallet_ledger_drift', 'report_missing', 'report_reissued'],
      ...['orphan_event', 'conflicting_event'],
    ]);
  });
});

describe('approving', () => {
  it('is another person’s', () => given(raised, proposed).when(approve).thenAccepted(approved));
  it('is not the proposer’s', () =>
    given(raised, proposed)
      .when({ ...approve, by: 'ayse' })
      .thenRefused({ code: 'approver-is-proposer' }));
  it('is not of whoever handed in the files that it follows from', () =>
    given(raised, { ...proposed, evidenceBy: ['can', 'mehmet'] })
      .when(approve)
      .thenRefused({ code: 'approver-handed-it-in' }));
  it('is not a machine’s', () =>
    given(raised, proposed)
      .when({ ...approve, isPerson: false })
      .thenRefused({ code: 'person-required' }));
  it('is of what was seen', () =>
    given(raised, proposed)
      .when({ ...approve, payloadHash: 'h0' })
      .thenRefused({ code: 'proposal-not-as-seen' }));
  it('is in time', () =>
    given(raised, proposed)
      .when({ ...approve, at: DAY })
      .thenRefused({ code: 'proposal-expired', proposalId: 'p1' }));
  it('is one', () =>
    given(raised, proposed, approved)
      .when({ ...approve, by: 'can' })
      .thenRefused({ code: 'proposal-approved', proposalId: 'p1' }));
  it('holds no longer after an edit', () => {
    const edit = { ...propose, type: 'EditProposal', amount: 99n, payloadHash: 'h2', at: DAY - 1 } as const;
    const edited = {
      ...{ type: 'FindingProposalEdited', by: 'ayse', proposalId: 'p1', revision: 2, amount: '99' },
      ...{ payloadHash: 'h2', evidenceBy: [], expiresAt, note: 'n', voidsApprovalBy: 'mehmet' },
    } as const satisfies FindingEvent;
    given(raised, proposed, approved).when(edit).thenAccepted(edited);
    given(raised, proposed, approved, edited)
      .when(begin)
      .thenRefused({ code: 'proposal-not-approved', proposalId: 'p1' });
    given(raised, proposed, approved, edited).when(approve).thenRefused({ code: 'proposal-not-as-seen' });
  });
  it('is no other person’s to edit', () =>
    given(raised, proposed)
      .when({ ...propose, type: 'EditProposal', by: 'mehmet', at: DAY - 1 })
      .thenRefused({ code: 'not-the-proposer', proposedBy: 'ayse' }));
});

describe('booking', () => {
  it('begins once the difference was seen again', () =>
    given(raised, proposed, approved).when(begin).thenAccepted(began));
  it('does not begin before', () =>
    given(raised, proposed, approved)
      .when({ ...begin, isConfirmed: false })
      .thenRefused({ code: 'difference-not-confirmed' }));
  it('does not begin after its time', () =>
    given(raised, proposed, approved)
      .when({ ...begin, at: DAY })
      .thenRefused({ code: 'proposal-expired', proposalId: 'p1' }));
  it('does not begin without approval', () =>
    given(raised, proposed).when(begin).thenRefused({ code: 'proposal-not-approved', proposalId: 'p1' }));
  it('resolves the finding when the ledger accepted', () =>
    given(raised, proposed, approved, began).when(booked).thenAccepted(corrected, resolved));
  it('leaves it open when less was booked than differs', () =>
    given(raised, proposed, approved, began)
      .when({ ...booked, difference: 101n })
      .thenAccepted(corrected));
  it('is counted once', () =>
    given(raised, proposed, approved, began, corrected, resolved)
      .when(booked)
      .thenRefused({ code: 'proposal-not-open', proposalId: 'p1' }));
  it('comes back with the ledger’s sentence', () =>
    given(raised, proposed, approved, began)
      .when({ type: 'RefuseBooking', proposalId: 'p1', code: 'insufficient-funds', detail: 'short by 3' })
      .thenAccepted(ended('refused', 'ledger', 'insufficient-funds: short by 3')));
  it('can’t be stopped once begun', () => {
    for (const type of ['RejectProposal', 'WithdrawProposal'] as const) {
      given(raised, proposed, approved, began)
        .when({ type, by: 'ayse', isPerson: true, proposalId: 'p1', reason: 'r' })
        .thenRefused({ code: 'proposal-booking', proposalId: 'p1' });
    }
  });
});

describe('a proposal that ends unbooked', () => {
  const after = (how: 'withdrawn' | 'rejected' | 'expired'): string => {
    const end: FindingEvent = {
      type: 'FindingProposalEnded',
      proposalId: 'p1',
      how,
      by: 'ayse',
      reason: 'r',
    };
    return [raised, proposed, end].reduce(evolve, noFinding).status;
  };
  it('leaves nobody at work where its proposer has stepped back', () =>
    expect(after('withdrawn')).toBe('acknowledged'));
  it('leaves work to do where somebody else ended it', () =>
    expect([after('rejected'), after('expired')]).toEqual(['in_progress', 'in_progress']));
});

describe('the missing side arrives', () => {
  it('before the approval: nothing is booked', () =>
    given(raised, proposed).when(vanish).thenAccepted(gone, { type: 'FindingAutoResolved', cause: 'run_2' }));
  it('after the approval: nothing is booked', () =>
    given(raised, proposed, approved)
      .when(vanish)
      .thenAccepted(gone, { type: 'FindingAutoResolved', cause: 'run_2' }));
  it('as another difference: what was proposed for the old one is void', () =>
    given(raised, proposed, approved)
      .when(otherFacts)
      .thenAccepted(other, {
        ...raised,
        type: 'FindingFactsChanged',
        evidence: 'e2',
        cause: 'run_2',
      } as never));
  it('while it is booked: it is noted, and too much when it is booked', () => {
    const going: FindingEvent = { type: 'FindingGoneWhileBooking', cause: 'run_2' };
    given(raised, proposed, approved, began).when(vanish).thenAccepted(going);
    given(raised, proposed, approved, began, going).when(vanish).thenAccepted();
    given(raised, proposed, approved, began, going).when(booked).thenAccepted(corrected, surplus('p1'));
    given(raised, proposed, approved, began, going)
      .when({ type: 'RefuseBooking', proposalId: 'p1', code: 'c', detail: 'd' })
      .thenAccepted(ended('refused', 'ledger', 'c: d'), { type: 'FindingAutoResolved', cause: 'p1' });
  });
  it('long after: the finding is open again, for what was booked is too much', () =>
    given(raised, proposed, approved, began, corrected, resolved)
      .when(vanish)
      .thenAccepted(surplus('run_2')));
  it('and nothing closes that by itself', () =>
    given(raised, proposed, approved, began, corrected, resolved, surplus('run_2'))
      .when({ ...vanish, cause: 'run_3' })
      .thenAccepted());
  it.each(['late_arrival', 'psp_dispute', 'accepted_risk'] as const)(
    'and no one person closes that by %s: two take the booking back',
    (resolution) =>
      given(raised, proposed, approved, began, corrected, resolved, surplus('run_2'))
        .when({ type: 'Resolve', by: 'ayse', resolution, note: '' })
        .thenRefused({ code: 'correction-stands', amount: '100' }),
  );
  it('and nothing more can be corrected', () =>
    given(raised, proposed, approved, began, corrected, resolved, surplus('run_2'))
      .when({ ...propose, proposalId: 'p2' })
      .thenRefused({ code: 'difference-gone' }));
});

describe('after a correction', () => {
  const history = [raised, proposed, approved, began, corrected, resolved] as const;
  it('the same difference does not reopen the finding: the correction explains it', () =>
    given(...history)
      .when({ type: 'Observe', ...seen, cause: 'run_3' })
      .thenAccepted());
  it('another one does', () =>
    given(...history)
      .when(otherFacts)
      .thenAccepted({ type: 'FindingCameBack', ...seen, evidence: 'e2', cause: 'run_2' }));
  it('it is taken back by two people, too, and then over', () => {
    const back = { ...propose, proposalId: 'p2', kind: 'take_back' } as const;
    const backProposed = { ...proposed, proposalId: 'p2', kind: 'take_back' } as const;
    given(...history, surplus('run_2'))
      .when(back)
      .thenAccepted(backProposed);
    const takenBack = { ...corrected, type: 'FindingCorrectionTakenBack', proposalId: 'p2' } as const;
    const events = [
      ...([...history, surplus('run_2'), backProposed] as const),
      ...([
        { ...approved, proposalId: 'p2' },
        { ...began, proposalId: 'p2' },
      ] as FindingEvent[]),
    ];
    given(...events)
      .when({ ...booked, proposalId: 'p2' })
      .thenAccepted(takenBack, { type: 'FindingAutoResolved', cause: 'p2' });
  });
});
