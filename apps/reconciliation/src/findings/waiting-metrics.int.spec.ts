import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { corrections, runExecution } from '../roles.js';
import { CorrectionStand, openOf } from '../testing/correction-stand.js';
import { WaitingMetrics } from './waiting-metrics.js';

jest.setTimeout(120_000);

let stand: CorrectionStand;
beforeAll(async () => {
  stand = await CorrectionStand.start(3, { providers: [...runExecution, ...corrections, WaitingMetrics] });
  await stand.stand.reconcile();
});
afterAll(() => stand.stop());

/** Seconds by state. */
const waiting = async (): Promise<Record<string, number>> => {
  const metrics = await (await fetch(`${stand.stand.app.managementUrl}/metrics`)).text();
  const samples = metrics.matchAll(/^defter_reconciliation_correction_waiting_seconds\{([^}]*)\} (\S+)$/gm);
  return Object.fromEntries(
    [...samples].map(([, labels = '', value = '']) => [
      /state="(\w+)"/.exec(labels)?.[1] ?? '',
      parseFloat(value),
    ]),
  );
};
const none = { approved: 0, booking: 0, unknown: 0 };

it('a correction without an answer counts since its approval; booked it is none', async () => {
  expect(await waiting()).toEqual(none);
  await stand.ledger.kill();
  // The stand's clock stands still, long before the database's: what is approved is old at once.
  const { id } = await stand.approved(0);
  await stand.until(id, 'unknown');
  const before = await waiting();
  expect(before).toEqual({ ...none, unknown: expect.any(Number) as unknown });
  expect(before['unknown']).toBeGreaterThan(900);
  // A day later another one: the first one still says how long.
  stand.stand.clock.advance(86_400_000);
  const { id: other } = await stand.approved(1);
  await stand.until(other, 'unknown');
  const { unknown = 0 } = await waiting();
  expect(unknown - (before['unknown'] ?? 0)).toBeGreaterThanOrEqual(0);
  expect(unknown - (before['unknown'] ?? 0)).toBeLessThan(3_600);
  await stand.ledger.start(stand.stand.env['TENANTS_FILE'] ?? '');
  for (const each of [id, other]) await stand.until(each, 'booked');
  expect(await waiting()).toEqual(none);
});

it('one that no run confirms counts as approved', async () => {
  stand.stand.shelf.away = true;
  const { id } = await stand.approved(2);
  const { approved = 0, ...rest } = await waiting();
  expect(approved).toBeGreaterThan(0);
  expect(rest).toEqual({ booking: 0, unknown: 0 });
  // Its refusals name it as REST names things.
  const { status, body } = await stand.propose(id);
  expect(status).toBe(409);
  expect(body).toMatchObject({ code: 'proposal-open', proposal_id: openOf(await stand.get(id)).id });
  expect(body).not.toHaveProperty('proposalId');
});

it('one that waited for a run counts since the ledger was asked, and not since its approval', async () => {
  const { approved = 0 } = await waiting();
  await stand.ledger.kill();
  stand.stand.clock.advance(7_200_000);
  stand.stand.shelf.away = false;
  const { id } = await stand.findingOf(2);
  await stand.until(id, 'unknown');
  const { unknown = 0 } = await waiting();
  expect(approved - unknown).toBeGreaterThan(3_600);
  await stand.ledger.start(stand.stand.env['TENANTS_FILE'] ?? '');
  await stand.until(id, 'booked');
  expect(await waiting()).toEqual(none);
});
