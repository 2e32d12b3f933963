import assert from 'node:assert/strict';
import { answer, breakages, closedBaseUrl, withServer } from './broken-server.js';
import {
  lookupLagSecondsOf,
  type LookupResult,
  type OperationResult,
  type ProviderOperation,
} from '../provider-port.js';
import type { ConformanceCase, ConformanceSubject } from './subject.js';

const shortMs = 300;

type Checks = Readonly<Record<string, (subject: ConformanceSubject) => Promise<void>>>;

const checks: Checks = {
  'execute: an accepted operation is pending or succeeded, with the money that the provider repeats': async (
    subject,
  ) => {
    const { provider, call } = subject;
    const operation = subject.operation('accepted');
    const result = await provider.execute(operation, call());
    assert.ok(result.result === 'pending' || result.result === 'succeeded', result.result);
    if (result.result === 'succeeded' || result.echoed !== undefined)
      assert.deepEqual(result.echoed, { amountMinor: operation.amountMinor, currency: operation.currency });
    assert.notEqual(result.providerRef, '');
    const page = 'nextAction' in result ? result.nextAction?.url : undefined;
    assert.ok(page === undefined || URL.canParse(page), 'the page of the next step has an address');
  },
  'execute: a decline has its code': async ({ provider, call, operation }) => {
    const result = await provider.execute(operation('declined'), call());
    assert.ok(result.result === 'declined' || result.result === 'failed', result.result);
    assert.notEqual(result.declineCode, '');
  },
  'execute or lookup: the echoed money is what the provider says, not what was asked for': async (
    subject,
  ) => {
    const operation = subject.operation('wrong-amount-echoed');
    const executed = await subject.provider.execute(operation, subject.call());
    const isEcho = 'echoed' in executed && executed.echoed !== undefined;
    const told = isEcho ? executed : await lookupPaid(subject, operation);
    assert.ok('echoed' in told && told.echoed !== undefined, told.result);
    assert.notEqual(told.echoed.amountMinor, operation.amountMinor);
  },
  'lookup: finds an executed operation under our id, with its money': async (subject) => {
    const operation = subject.operation('accepted');
    const executed = await subject.provider.execute(operation, subject.call());
    const found = await lookupPaid(subject, operation);
    assert.ok('providerRef' in found && 'echoed' in found, `${executed.result}, then ${found.result}`);
    if ('providerRef' in executed && executed.providerRef !== undefined)
      assert.equal(found.providerRef, executed.providerRef);
    assert.deepEqual(found.echoed, { amountMinor: operation.amountMinor, currency: operation.currency });
  },
  'lookup: the same again says the same, and two operations are never mixed up': async (subject) => {
    const { provider, call } = subject;
    const [one, other] = [subject.operation('accepted'), subject.operation('accepted')];
    await Promise.all([one, other].map((operation) => provider.execute(operation, call())));
    const [first, second] = [await lookupPaid(subject, one), await lookupPaid(subject, other)];
    const again = await provider.lookup(one.operationId, call(), one);
    assert.ok('providerRef' in first && 'providerRef' in second && 'providerRef' in again);
    assert.equal(again.providerRef, first.providerRef);
    // What was pending may have come to its end in between.
    if (first.result !== 'pending') assert.deepEqual(again, first);
    assert.notEqual(first.providerRef, second.providerRef);
  },
  'lookup: an operation that was never executed has no result, and asking creates nothing': async (
    subject,
  ) => {
    const operation = subject.operation('accepted');
    for (const _ of [1, 2]) {
      const { result } = await subject.provider.lookup(operation.operationId, subject.call(), operation);
      assert.equal(result, subject.neverSent ?? 'not_found');
    }
  },
  'lookup: that it may miss what was just sent is said in the manifest': async (subject) => {
    const { provider, call, behind } = subject;
    const lagSeconds = lookupLagSecondsOf(provider.manifest, subject.operation('accepted').kind);
    // Nothing is taken for a proof where it is never said.
    const isSaid = behind !== undefined || subject.neverSent === 'unknown';
    assert.ok(isSaid, 'the subject says how far behind a look-up is, or that it never is');
    if (behind === undefined || behind === 'never')
      return assert.equal(provider.manifest.lookupLagSeconds, undefined, 'the subject shows no lag');
    const operation = subject.operation('accepted');
    const { result } = await behind.during(async () => {
      await provider.execute(operation, call());
      return provider.lookup(operation.operationId, call(), operation);
    });
    if (result === 'not_found')
      assert.ok(lagSeconds >= behind.seconds, 'not_found would be taken for a proof too early');
    else assert.equal(result, 'unknown', 'a search that is behind finds nothing');
  },
  'a refused connection: execute is errored, for nothing was sent; lookup is unknown, for it learned nothing':
    async (subject) => {
      const call = { ...subject.call(), baseUrl: await closedBaseUrl() };
      const operation = subject.operation('accepted');
      assert.equal((await subject.provider.execute(operation, call)).result, 'errored');
      assert.equal((await subject.provider.lookup(operation.operationId, call, operation)).result, 'unknown');
    },
};

/** Something before the provider may repeat its words, but with a 5xx nobody says that nothing happened. */
const refusalChecks: Checks = {
  'a refusal in the provider’s own words is believed, but not with a 5xx': async (subject) => {
    const { provider, refusal } = subject;
    assert.ok(refusal, 'the subject has no refusal');
    for (const status of [refusal.status, 500, 502, 503]) {
      const asked = subject.operation('accepted');
      const answered: OperationResult = await withServer(answer(status, refusal.body), (baseUrl) =>
        provider.execute(asked, { ...subject.call(), baseUrl }),
      );
      const result: OperationResult['result'] = answered.result;
      const isRefused: boolean = result === 'failed' || result === 'declined';
      assert.equal(isRefused, status === refusal.status, `status ${status}: ${result}`);
      assert.ok(isRefused || result === 'unknown', `status ${status}: ${result}`);
    }
  },
};

const nativeChecks: Checks = {
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
};

/** What a look-up says once the payer has done their part. */
async function lookupPaid(subject: ConformanceSubject, operation: ProviderOperation): Promise<LookupResult> {
  await subject.pay?.(operation);
  return subject.provider.lookup(operation.operationId, subject.call(), operation);
}

/** Executing and looking up, at the sandbox and at a provider that is broken in every way. */
export function callCases(subject: ConformanceSubject): readonly ConformanceCase[] {
  const { idempotency } = subject.provider.manifest;
  const all = { ...checks, ...refusalChecks, ...(idempotency === 'native' && nativeChecks) };
  const sound = Object.entries(all).map(([name, check]) => ({ name, run: () => check(subject) }));
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
        assert.equal((await provider.lookup(asked.operationId, broken, asked)).result, 'unknown', 'lookup');
        assert.ok(performance.now() - began < 10 * shortMs, 'the time-out is not kept');
      });
    },
  };
}
