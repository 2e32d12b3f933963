import { describe, expect, it } from '@jest/globals';
import { type ServiceUse, trendsOf } from './capacity-content.js';
import { useOf } from './service-use.js';

const use = (change: Partial<ServiceUse>): ServiceUse => ({
  ...{ service: 'ledger', cpuCores: null, memoryBytes: null, loopSeconds: null, connectionsUsed: null },
  ...{ connectionsWaiting: null, messagesBehind: null, queued: null, oldestSeconds: null, reason: null },
  ...change,
});
const report = (businessOn: string, change: Partial<ServiceUse>) => ({ businessOn, services: [use(change)] });

describe('trends', () => {
  const now = report('2026-11-30', { queued: 7, messagesBehind: 0 });

  it('are the newest report of each of eight weeks; a week without one is a gap, not 0', () => {
    const earlier = [
      report('2026-11-23', { queued: 3 }),
      report('2026-11-27', { queued: 4 }),
      report('2026-11-09', { queued: 1 }),
      report('2026-10-05', { queued: 99 }),
    ];
    const [queued, behind] = trendsOf(now, earlier);
    expect(queued?.weeks.map(({ week, value }) => [week, value])).toEqual([
      ...[
        ['2026-W42', null],
        ['2026-W43', null],
        ['2026-W44', null],
        ['2026-W45', null],
      ],
      ...[
        ['2026-W46', 1],
        ['2026-W47', null],
        ['2026-W48', 4],
        ['2026-W49', 7],
      ],
    ]);
    expect(behind?.weeks.map(({ value }) => value)).toEqual([...Array<null>(7).fill(null), 0]);
  });

  it('don’t count what was looked at earlier in the same week as a week before', () => {
    const later = report('2026-12-04', { queued: 8 });
    const [queued] = trendsOf(later, [now]);
    expect(queued?.weeks.slice(-2).map(({ value }) => value)).toEqual([null, 8]);
  });

  it('of reports that did not measure it yet are gaps', () => {
    const old = { businessOn: '2026-11-23', services: [{ service: 'ledger', messagesBehind: 5 }] };
    expect(trendsOf(now, [old]).map(({ measure, weeks }) => [measure, weeks.at(-2)?.value])).toEqual([
      ['queued', null],
      ['messagesBehind', 5],
    ]);
  });
});

it('what waits in a service is the sum of its queues, and the oldest of its messages', () => {
  const sample = (name: string, value: number) => ({ name, labels: {}, value });
  const samples = [
    ...[sample('defter_webhooks_backlog_requests', 3), sample('defter_webhooks_due_count', 4)],
    sample('defter_outbox_oldest_unpublished_seconds', 12),
    sample('defter_webhooks_oldest_unpublished_seconds', 70),
  ];
  expect(useOf({ service: 'x', samples }, new Date())).toMatchObject({ queued: 7, oldestSeconds: 70 });
  expect(useOf({ service: 'x', samples: [] }, new Date())).toMatchObject({
    queued: null,
    oldestSeconds: null,
  });
});
