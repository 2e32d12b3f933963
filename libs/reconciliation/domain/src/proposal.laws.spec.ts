/** Whatever people, machines, runs and the ledger do, in whatever order: money takes two people. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decide } from './finding.decider.js';
import { evolve } from './finding.evolve.js';
import { type Finding, type FindingCommand, type FindingEvent, isClosed, noFinding } from './finding.js';

const DIFFERENCE = 100n;
const people = ['ayse', 'mehmet', 'robot'] as const;
const who = fc.constantFrom(...people).map((by) => ({ by, isPerson: by !== 'robot' }));
const at = fc.constantFrom(1, 50, 99, 100);
const hash = fc.constantFrom('h1', 'h2');
/** Mostly what stands there, so that histories get somewhere. */
const seenHash = fc.constantFrom('as seen', 'as seen', 'as seen', 'h1', 'h2');
const confirmed = fc.constantFrom(true, true, true, false);
/** Who handed in its files; mostly nobody. */
const evidenceBy = fc.constantFrom<readonly string[]>([], [], ['mehmet']);
const amount = fc.constantFrom(1n, 40n, 60n, 100n, 101n);

/** A step as the service would take it: ids and limits are filled in from the finding. */
type Step = (finding: Finding, steps: number) => FindingCommand;

const openId = (finding: Finding): string =>
  finding.status === 'none' ? 'none' : (finding.proposal?.id ?? 'none');
const hashOf = (finding: Finding): string =>
  finding.status === 'none' ? '' : (finding.proposal?.payloadHash ?? '');
const isSurplus = (finding: Finding): boolean =>
  finding.status !== 'none' && finding.isGone && finding.corrected > 0n;
const correctedOf = (finding: Finding): bigint => (finding.status === 'none' ? 0n : finding.corrected);

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom('e1', 'e1', 'e1', 'e2').map((evidence): Step => () => ({
      ...{ type: 'Observe', findingType: 'amount_mismatch', severity: 'MED', evidence, cause: 'run' },
    })),
  },
  { weight: 1, arbitrary: fc.constant<Step>(() => ({ type: 'Vanish', cause: 'run' })) },
  {
    weight: 10,
    arbitrary: fc
      .record({
        who,
        amount,
        hash,
        evidenceBy,
        kind: fc.constantFrom('correct' as const, 'take_back' as const),
      })
      .map((each): Step => (finding, step) => ({
        ...{ type: 'Propose', ...each.who, proposalId: `p${step}`, kind: each.kind },
        ...{ resolution: 'post_adjustment', note: '', payloadHash: each.hash, expiresAt: 100 },
        evidenceBy: each.evidenceBy,
        // What is taken back is the whole of what stands.
        amount: each.kind === 'take_back' ? correctedOf(finding) : each.amount,
        limit: each.kind === 'take_back' ? correctedOf(finding) : DIFFERENCE - correctedOf(finding),
      })),
  },
  {
    weight: 2,
    arbitrary: fc.record({ who, amount, hash, at, evidenceBy }).map((each): Step => (finding) => ({
      ...{ type: 'EditProposal', ...each.who, proposalId: openId(finding), amount: each.amount, note: '' },
      ...{ payloadHash: each.hash, limit: DIFFERENCE - correctedOf(finding), expiresAt: 100, at: each.at },
      evidenceBy: each.evidenceBy,
    })),
  },
  {
    weight: 14,
    arbitrary: fc.record({ who, seen: seenHash, at }).map((each): Step => (finding) => ({
      ...{ type: 'ApproveProposal', ...each.who, proposalId: openId(finding) },
      payloadHash: each.seen === 'as seen' ? hashOf(finding) : each.seen,
      ...{ note: '', at: each.at },
    })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ who, type: fc.constantFrom('RejectProposal' as const, 'WithdrawProposal' as const) })
      .map(({ who: by, type }): Step => (finding) => ({
        ...{ type, ...by, proposalId: openId(finding), reason: '' },
      })),
  },
  {
    weight: 1,
    arbitrary: at.map((time): Step => (finding) => ({
      ...{ type: 'ExpireProposal', proposalId: openId(finding), at: time },
    })),
  },
  {
    weight: 10,
    arbitrary: fc.record({ isConfirmed: confirmed, at }).map((each): Step => (finding) => ({
      ...{ type: 'BeginBooking', proposalId: openId(finding), ...each },
    })),
  },
  {
    weight: 6,
    arbitrary: fc.constant<Step>((finding) => ({
      ...{ type: 'Booked', proposalId: openId(finding), transactionId: '7', difference: DIFFERENCE },
    })),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Step>((finding) => ({
      ...{ type: 'RefuseBooking', proposalId: openId(finding), code: 'c', detail: '' },
    })),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ who, resolution: fc.constantFrom('late_arrival', 'accepted_risk', 'write_off') })
      .map(({ who: { by }, resolution }): Step => () => ({ type: 'Resolve', by, resolution, note: '' })),
  },
  { weight: 1, arbitrary: fc.constant<Step>(() => ({ type: 'Reopen', by: 'ayse', note: '' })) },
);

interface Content {
  readonly by: string;
  readonly hash: string;
  readonly amount: string;
  readonly evidenceBy: readonly string[];
  readonly approvedBy?: string;
}

interface Told {
  readonly before: Finding;
  readonly event: FindingEvent;
}

/** Everything that happened, each with the finding before it. */
function told(history: readonly Step[]): { events: Told[]; after: Finding } {
  const events: Told[] = [];
  let finding: Finding = noFinding;
  for (const [index, step] of history.entries()) {
    const decision = decide(step(finding, index), finding);
    if (!decision.accepted) continue;
    for (const event of decision.events) {
      events.push({ before: finding, event });
      finding = evolve(finding, event);
    }
  }
  return { events, after: finding };
}

const histories = fc.array(steps, { maxLength: 80, size: 'max' });
const options = { numRuns: 3_000 };

describe('whatever happens', () => {
  it('money moves only after two different people, for exactly what the second one saw', () => {
    let begun = 0;
    fc.assert(
      fc.property(histories, (history) => {
        // Written anew, from the events alone: what was proposed last, and who has approved just that.
        const content = new Map<string, Content>();
        for (const { event } of told(history).events) {
          if (event.type === 'FindingProposed' || event.type === 'FindingProposalEdited') {
            const { proposalId, by, payloadHash, amount: moved, evidenceBy: handedIn } = event;
            content.set(proposalId, { by, hash: payloadHash, amount: moved, evidenceBy: handedIn });
          }
          if (event.type === 'FindingProposalApproved') {
            const seen = content.get(event.proposalId);
            expect(seen?.hash).toBe(event.payloadHash);
            if (seen !== undefined) content.set(event.proposalId, { ...seen, approvedBy: event.by });
          }
          if (event.type === 'FindingProposalEnded') content.delete(event.proposalId);
          if (event.type === 'FindingBookingBegan') {
            begun++;
            const { by, approvedBy, evidenceBy: handedIn } = content.get(event.proposalId) ?? {};
            expect(new Set([by, approvedBy, undefined]).size).toBe(3);
            expect([by, approvedBy]).not.toContain('robot');
            expect(handedIn).not.toContain(approvedBy);
          }
          if (event.type === 'FindingCorrected' || event.type === 'FindingCorrectionTakenBack')
            expect(content.get(event.proposalId)?.amount).toBe(event.amount);
          if (event.type === 'FindingResolved' && event.resolution === 'post_adjustment')
            expect(event.note).toMatch(/approved by (ayse|mehmet)/);
        }
      }),
      options,
    );
    expect(begun).toBeGreaterThan(100);
  });

  it('never more stands than the finding explains, and no proposal books twice', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const booked: string[] = [];
        for (const { before, event } of told(history).events) {
          const { corrected } = evolve(before, event) as { corrected: bigint };
          expect(corrected >= 0n && corrected <= DIFFERENCE).toBe(true);
          if (event.type === 'FindingCorrected' || event.type === 'FindingCorrectionTakenBack')
            booked.push(event.proposalId);
        }
        expect(new Set(booked).size).toBe(booked.length);
      }),
      options,
    );
  });

  it('nothing is booked for a difference that is gone or another, and nothing booked is forgotten', () => {
    let surplus = 0;
    fc.assert(
      fc.property(histories, (history) => {
        const { events, after } = told(history);
        for (const { before, event } of events) {
          // No step closes the finding, or leaves it closed, while what was booked corrects nothing.
          const then = evolve(before, event);
          if (isSurplus(then)) {
            surplus++;
            expect(isClosed(then.status as never)).toBe(false);
          }
          if (event.type !== 'FindingBookingBegan' || before.status === 'none') continue;
          expect(before.proposal?.kind === 'take_back' || !before.isGone).toBe(true);
          expect(before.proposal?.evidence).toBe(before.evidence);
        }
        if (after.status === 'none' || after.corrected === 0n) return;
        // The difference goes: what stands is for people, or still with the ledger.
        const decision = decide({ type: 'Vanish', cause: 'last' }, after);
        const end = decision.accepted ? decision.events.reduce<Finding>(evolve, after) : after;
        expect(isClosed(end.status as never)).toBe(false);
      }),
      options,
    );
    expect(surplus).toBeGreaterThan(40);
  });

  it('a finding is proposed exactly while a proposal is open', () => {
    fc.assert(
      fc.property(histories, (history) => {
        for (const { before, event } of told(history).events) {
          const after = evolve(before, event);
          if (after.status !== 'none') expect(after.status === 'proposed').toBe(after.proposal !== null);
        }
      }),
      options,
    );
  });
});
