import { describe, expect, it } from '@jest/globals';
import { PayerTimeouts } from './payer-timeouts.job.js';

/** The job with tenants that have these intents due, of which some can't be read. */
const jobWith = (due: Readonly<Record<string, readonly string[]>>, broken: readonly string[]) => {
  const looked: string[] = [];
  const warned: unknown[] = [];
  let round: () => Promise<boolean> = () => Promise.reject(new Error('no round'));
  const tx = {
    query: (_sql: string, [tenant]: [string]) =>
      Promise.resolve((due[tenant] ?? []).map((intentId) => ({ intentId, operationId: `op_${intentId}` }))),
  };
  const database = {
    transaction: (run: (transaction: unknown) => unknown) => run(tx),
    query: (_sql: string, [, intentId]: [string, string]) => {
      if (broken.includes(intentId)) throw new Error('its row can not be read');
      looked.push(intentId);
      return Promise.resolve([]);
    },
  };
  const job = new PayerTimeouts(
    database as never,
    { all: () => Promise.resolve(Object.keys(due).map((id) => ({ id }))) } as never,
    { every: (polling: { round: () => Promise<boolean> }) => (round = polling.round) } as never,
  );
  Object.assign(job, { logger: { error: (_text: string, about: unknown) => warned.push(about) } });
  return { run: () => round(), looked, warned };
};

describe('a round of payer-timeouts', () => {
  it('goes on after an intent that fails, also to the tenants after it', async () => {
    const job = jobWith({ t_one: ['pi_broken', 'pi_1'], t_two: ['pi_2'] }, ['pi_broken']);
    await expect(job.run()).resolves.toBe(true);
    expect(job.looked).toEqual(['pi_1', 'pi_2']);
    expect(job.warned).toMatchObject([{ tenantId: 't_one', intentId: 'pi_broken' }]);
  });
});
