import { describe, expect, it } from '@jest/globals';
import { decide, type Replay, type ReplayCommand } from './replay.decider.js';

const at = new Date('2026-03-01T12:00:00Z');
const replay = (status: Replay['status']): Replay => ({
  ...{ status, requestedBy: 'ayse', selectionHash: 'h1', expiresAt: new Date(at.getTime() + 1) },
});
const approve = (over: object = {}): ReplayCommand => ({
  ...{ type: 'ApproveReplay' as const, by: 'mehmet', isPerson: true, selectionHash: 'h1', at },
  ...over,
});
const pause: ReplayCommand = { type: 'PauseReplay' };
const resume: ReplayCommand = { type: 'ResumeReplay' };
const cancel: ReplayCommand = { type: 'CancelReplay' };
const to = (status: string) => ({ accepted: true, status });
const refused = (code: string, over = {}) => ({ accepted: false, refusal: { code, ...over } });

describe('a proposed replay', () => {
  const proposed = replay('proposed');
  it('runs once another person approves what was shown', () =>
    expect(decide(approve(), proposed)).toEqual(to('running')));

  it.each([
    [{ by: 'ayse' }, 'replay-approver-is-requester'],
    [{ isPerson: false }, 'replay-approver-is-no-person'],
    [{ selectionHash: 'h2' }, 'replay-not-as-shown'],
    [{ at: new Date(at.getTime() + 1) }, 'replay-expired'],
  ])('is not approved with %j', (over, code) =>
    expect(decide(approve(over), proposed)).toEqual(refused(code)),
  );

  it('can be canceled, neither paused nor resumed', () => {
    expect(decide(cancel, proposed)).toEqual(to('canceled'));
    expect(decide(pause, proposed)).toEqual(refused('replay-not-running', { replayStatus: 'proposed' }));
    expect(decide(resume, proposed)).toEqual(refused('replay-not-paused', { replayStatus: 'proposed' }));
  });
});

describe('an approved replay', () => {
  it('is paused, resumed and canceled', () => {
    expect(decide(pause, replay('running'))).toEqual(to('paused'));
    expect(decide(resume, replay('paused'))).toEqual(to('running'));
    expect([decide(cancel, replay('running')), decide(cancel, replay('paused'))]).toEqual([
      to('canceled'),
      to('canceled'),
    ]);
  });

  it.each(['running', 'paused', 'canceled', 'completed'] as const)(
    'that is %s is not approved again',
    (status) =>
      expect(decide(approve(), replay(status))).toEqual(
        refused('replay-not-proposed', { replayStatus: status }),
      ),
  );

  it.each(['canceled', 'completed'] as const)('that is %s stays so', (status) => {
    for (const [command, code] of [
      [pause, 'replay-not-running'],
      [resume, 'replay-not-paused'],
      [cancel, 'replay-over'],
    ] as const) {
      expect(decide(command, replay(status))).toEqual(refused(code, { replayStatus: status }));
    }
  });
});
