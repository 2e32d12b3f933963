import assert from 'node:assert/strict';
import { breakages, closedBaseUrl, withServer } from './broken-server.js';
import type { ConformanceCase, ConformanceSubject } from './subject.js';

const shortMs = 300;

type Checks = Readonly<Record<string, (subject: ConformanceSubject) => Promise<void>>>;

const checks: Checks = {
  'execute: an accepted operation is pending or succeeded, with its money echoed': async (subject) => {
    const { provider, call } = subject;
    const operation = subject.operation('accepted');
    const result = await provider.execute(operation, call());
    assert.ok(result.result === 'pending' || result.result === 'succeeded', result.result);
    assert.deepEqual(result.echoed, { amountMinor: operation.amountMinor, currency: operation.currency });
    assert.notEqual(result.providerRef, '');
  },
  'execute: the same operation again, also at the same time, is one operation at the provider': async (
    subject,
  ) => {
    const { provider, call } = subject;
    const operation = subject.operation('accepted');
    const atOnce = await Promise.all([1, 2, 3].map(() => provider.execute(operation, call())));
    const results = [...atOnce, await provider.execute(operation, call())];
    const refs = results.map((result) => ('providerRef' in result ? result.providerRef : result.result));
    assert.equal(new Set(refs).size, 1, refs.join(', '));
  },
  'execute: a decline has its code': async ({ provider, call, operation }) => {
    const result = await provider.execute(operation('declined'), call());
    assert.ok(result.result === 'declined' || result.result === 'failed', result.result);
    assert.notEqual(result.declineCode, '');
  },
  'execute: the echoed money is what the provider says, not what was asked for': async (subject) => {
    const operation = subject.operation('wrong-amount-echoed');
    const result = await subject.provider.execute(operation, subject.call());
    assert.ok(result.result === 'pending' || result.result === 'succeeded', result.result);
    assert.notEqual(result.echoed.amountMinor, operation.amountMinor);
  },
  'lookup: finds an executed operation under our id, with its money': async (subject) => {
    const { provider, call } = subject;
    const operation = subject.operation('accepted');
    const executed = await provider.execute(operation, call());
    const found = await provider.lookup(operation.operationId, call());
    assert.ok('providerRef' in executed && 'echoed' in found, `${executed.result}, then ${found.result}`);
    assert.equal(found.providerRef, executed.providerRef);
    assert.deepEqual(found.echoed, { amountMinor: operation.amountMinor, currency: operation.currency });
  },
  'lookup: an operation that was never executed is not_found, and asking creates nothing': async (
    subject,
  ) => {
    const { operationId } = subject.operation('accepted');
    for (const _ of [1, 2]) {
      assert.equal((await subject.provider.lookup(operationId, subject.call())).result, 'not_found');
    }
  },
  'a refused connection: execute is errored, for nothing was sent; lookup is unknown, for it learned nothing':
    async (subject) => {
      const call = { ...subject.call(), baseUrl: await closedBaseUrl() };
      const operation = subject.operation('accepted');
      assert.equal((await subject.provider.execute(operation, call)).result, 'errored');
      assert.equal((await subject.provider.lookup(operation.operationId, call)).result, 'unknown');
    },
};

/** Executing and looking up, at the sandbox and at a provider that is broken in every way. */
export function callCases(subject: ConformanceSubject): readonly ConformanceCase[] {
  const sound = Object.entries(checks).map(([name, check]) => ({ name, run: () => check(subject) }));
  return [...sound, ...Object.keys(breakages).map((breakage) => brokenCase(subject, breakage))];
}

/** Whatever is no clear answer leaves the operation unknown: "failed" would let it be charged again. */
function brokenCase({ provider, call, operation }: ConformanceSubject, breakage: string): ConformanceCase {
  return {
    name: `a provider that ${breakage}: unknown, within the time allowed, without a throw`,
    run: async () => {
      const behaviour = breakages[breakage];
      assert.ok(behaviour);
      const asked = operation('accepted');
      await withServer(behaviour, async (baseUrl) => {
        const broken = { ...call(), baseUrl, timeoutMs: shortMs };
        const began = performance.now();
        assert.equal((await provider.execute(asked, broken)).result, 'unknown', 'execute');
        assert.equal((await provider.lookup(asked.operationId, broken)).result, 'unknown', 'lookup');
        assert.ok(performance.now() - began < 10 * shortMs, 'the time-out is not kept');
      });
    },
  };
}
