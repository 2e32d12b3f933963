import { describe, expect, it } from '@jest/globals';
import { specify } from '@defter/kernel';
import { decide } from './finding.decider.js';
import { evolve } from './finding.evolve.js';
import { type FindingCommand, type FindingEvent, noFinding } from './finding.js';

const { given } = specify({ decide, evolve, initial: noFinding });
const seen = { findingType: 'amount_mismatch', severity: 'MED', evidence: 'e1' } as const;
const observe = { type: 'Observe', ...seen, cause: 'run_2' } as const;
const raised: FindingEvent = { type: 'FindingRaised', ...seen, cause: 'run_1' };
const resolve = (
  resolution: 'psp_dispute' | 'write_off' | 'post_adjustment' | 'duplicate_ignored' | 'accepted_risk',
) => ({ type: 'Resolve', by: 'ayse', resolution, note: 'n' }) as const satisfies FindingCommand;
const resolved: FindingEvent = { type: 'FindingResolved', by: 'ayse', resolution: 'psp_dispute', note: 'n' };
const autoResolved: FindingEvent = { type: 'FindingAutoResolved', cause: 'run_1' };

describe('what runs see', () => {
  it('is raised once', () =>
    given()
      .when(observe)
      .thenAccepted({ ...raised, cause: 'run_2' }));
  it('changes nothing the second time', () => given(raised).when(observe).thenAccepted());
  it('is noted when the facts change', () =>
    given(raised)
      .when({ ...observe, evidence: 'e2', severity: 'HIGH' })
      .thenAccepted({
        type: 'FindingFactsChanged',
        ...seen,
        evidence: 'e2',
        severity: 'HIGH',
        cause: 'run_2',
      }));
  it('is closed when it is gone', () =>
    given(raised)
      .when({ type: 'Vanish', cause: 'run_2' })
      .thenAccepted({ ...autoResolved, cause: 'run_2' }));
  it('is closed only once', () =>
    given(raised, autoResolved).when({ type: 'Vanish', cause: 'run_2' }).thenAccepted());
  it('comes back after that', () =>
    given(raised, autoResolved)
      .when(observe)
      .thenAccepted({ type: 'FindingCameBack', ...seen, cause: 'run_2' }));
});

describe('a person’s decision', () => {
  it('stands while the facts stand', () => given(raised, resolved).when(observe).thenAccepted());
  it('is asked again when they change', () =>
    given(raised, resolved)
      .when({ ...observe, evidence: 'e2' })
      .thenAccepted({ type: 'FindingCameBack', ...seen, evidence: 'e2', cause: 'run_2' }));
  it('is kept when the difference goes', () =>
    given(raised, resolved).when({ type: 'Vanish', cause: 'r' }).thenAccepted());
  it('resolves', () => given(raised).when(resolve('psp_dispute')).thenAccepted(resolved));
  it('needs a finding', () => given().when(resolve('psp_dispute')).thenRefused({ code: 'finding-unknown' }));
  it('is made once', () =>
    given(raised, resolved)
      .when(resolve('psp_dispute'))
      .thenRefused({ code: 'finding-closed', status: 'resolved' }));
  it('moves no money alone', () => {
    for (const resolution of ['write_off', 'post_adjustment'] as const) {
      given(raised)
        .when(resolve(resolution))
        .thenRefused({ code: 'resolution-needs-two-people', resolution });
    }
  });
  it('ignores doubles only where there are some', () => {
    const refusal = {
      code: 'resolution-does-not-fit',
      resolution: 'duplicate_ignored',
      findingType: 'amount_mismatch',
    };
    given(raised)
      .when(resolve('duplicate_ignored'))
      .thenRefused(refusal as never);
  });
  it('may accept the risk, which is another state', () => {
    given(raised, { ...resolved, resolution: 'accepted_risk' })
      .when({ type: 'Acknowledge', by: 'can' })
      .thenRefused({ code: 'finding-closed', status: 'accepted_risk' });
  });
  it('may be taken back', () =>
    given(raised, resolved)
      .when({ type: 'Reopen', by: 'can', note: 'wrong' })
      .thenAccepted({ type: 'FindingReopened', by: 'can', note: 'wrong' }));
});

it('goes through the whole workflow', () => {
  const steps: FindingCommand[] = [
    ...([observe, { type: 'Acknowledge', by: 'a' }, { type: 'Start', by: 'a' }] as const),
    resolve('psp_dispute'),
  ];
  const statuses = steps.reduce<{ state: ReturnType<typeof evolve>; seen: string[] }>(
    ({ state, seen: before }, command) => {
      const decision = decide(command, state);
      const next = decision.accepted ? decision.events.reduce(evolve, state) : state;
      return { state: next, seen: [...before, next.status] };
    },
    { state: noFinding, seen: [] },
  );
  expect(statuses.seen).toEqual(['open', 'acknowledged', 'in_progress', 'resolved']);
});

describe('a link', () => {
  const alone: FindingEvent = {
    ...{ type: 'FindingRaised', ...seen, findingType: 'missing_in_ledger', cause: 'run_1' },
  };
  const said = { by: 'ayse', operationId: 'op_1', note: '' } as const;
  const linked: FindingEvent = { type: 'FindingLinked', ...said };
  const unlink = { type: 'Unlink', ...said, isPerson: true } as const;
  it('is taken back by a person, also when it has closed the finding', () => {
    const unlinked: FindingEvent = { type: 'FindingUnlinked', ...said };
    given(alone, linked).when(unlink).thenAccepted(unlinked);
    given(alone, linked, { type: 'FindingAutoResolved', cause: 'run_2' }).when(unlink).thenAccepted(unlinked);
  });
  it('is not taken back by a machine', () =>
    given(alone, linked)
      .when({ ...unlink, isPerson: false })
      .thenRefused({ code: 'person-required' }));
});
