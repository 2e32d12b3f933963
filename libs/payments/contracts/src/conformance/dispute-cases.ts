import assert from 'node:assert/strict';
import { breakages, closedBaseUrl, withServer } from './broken-server.js';
import type { CallContext, LookupResult } from '../provider-port.js';
import type { ConformanceCase, ConformanceSubject, DisputeSample, DisputeStand } from './subject.js';

const shortMs = 300;

/** What a look-up must say of a dispute that stands there. */
const results: Readonly<Record<DisputeStand, LookupResult['result']>> = {
  inquiry: 'pending',
  opened: 'pending',
  evidence: 'pending',
  won: 'failed',
  lost: 'succeeded',
  'given back': 'returned',
  'won on appeal': 'returned',
};

/** Where disputes are looked up, each stand of one; where they aren't, that nothing is guessed. */
export function disputeCases(subject: ConformanceSubject): readonly ConformanceCase[] {
  if (subject.provider.manifest.findsDisputes !== true) return [silentCase(subject)];
  return [
    ...Object.keys(results).map((stand) => standCase(subject, stand as DisputeStand)),
    ...Object.entries(checks).map(([name, check]) => ({ name, run: () => check(subject) })),
  ];
}

/** A dispute that can't be looked up is for people: no answer of the provider says anything about it. */
const silentCase = ({ provider, call, operation }: ConformanceSubject): ConformanceCase => ({
  name: 'lookup: a dispute is unknown where the manifest says nothing of it, and nothing is asked',
  run: async () => {
    const asked = { ...operation('accepted'), kind: 'chargeback', parentProviderRef: '22416035' } as const;
    const sent: string[] = [];
    await withServer(
      ({ url }, response) => {
        sent.push(`${url}`);
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      },
      async (baseUrl) => {
        const context: CallContext = { ...call(), baseUrl };
        for (const id of ['dp_1', asked.operationId])
          assert.equal((await provider.lookup(id, context, asked)).result, 'unknown');
      },
    );
    assert.deepEqual(sent, [], 'something was asked');
  },
});

const standCase = (subject: ConformanceSubject, stand: DisputeStand): ConformanceCase => ({
  name: `lookup: a dispute, ${stand}: ${results[stand]}, by the provider’s id of it`,
  run: async () => {
    const sample = await sampleOf(subject, stand);
    if (sample === undefined) return;
    const { result } = checkFound(await lookUp(subject, sample), sample);
    assert.equal(result, results[stand]);
  },
});

const checks: Readonly<Record<string, (subject: ConformanceSubject) => Promise<void>>> = {
  'lookup: a dispute that is an inquiry says so, and no other one does': async (subject) => {
    for (const stand of Object.keys(results) as DisputeStand[]) {
      const sample = await sampleOf(subject, stand);
      if (sample === undefined) continue;
      const found = await lookUp(subject, sample);
      const isInquiry = 'isInquiry' in found && found.isInquiry === true;
      assert.equal(isInquiry, stand === 'inquiry', stand);
    }
  },
  'lookup: a dispute whose id isn’t known is found by its payment, or unknown if it could be another': async (
    subject,
  ) => {
    const sample = await sampleOf(subject, 'lost');
    assert.ok(sample, 'the subject has no lost dispute');
    const ours = sample.operation.operationId;
    const found = await subject.provider.lookup(ours, subject.call(), sample.operation);
    if (found.result !== 'unknown' && found.result !== 'not_found') checkFound(found, sample);
    if (subject.disputeBeside === undefined) return;
    await subject.disputeBeside(sample);
    const { result } = await subject.provider.lookup(ours, subject.call(), sample.operation);
    assert.equal(result, 'unknown', 'one of two is taken for the one that was asked about');
  },
  'lookup: a dispute that nobody opened has no result': async (subject) => {
    const sample = await sampleOf(subject, 'opened');
    assert.ok(sample, 'the subject has no opened dispute');
    const other = { ...sample, disputeRef: `${sample.disputeRef}x` };
    const { result } = await lookUp(subject, other);
    assert.ok(result === 'not_found' || result === 'unknown', result);
  },
  'lookup: a dispute, and no clear answer: unknown, without a throw': async (subject) => {
    const sample = await sampleOf(subject, 'opened');
    assert.ok(sample, 'the subject has no opened dispute');
    for (const [name, behaviour] of Object.entries(breakages)) {
      const found: LookupResult = await withServer(behaviour, (baseUrl) =>
        lookUp(subject, sample, { baseUrl, timeoutMs: shortMs }),
      );
      assert.equal(found.result, 'unknown', name);
    }
    const baseUrl = await closedBaseUrl();
    assert.equal((await lookUp(subject, sample, { baseUrl })).result, 'unknown', 'refused');
  },
};

async function sampleOf(subject: ConformanceSubject, stand: DisputeStand) {
  assert.ok(subject.dispute, 'the manifest says that disputes are found; the subject has none');
  return subject.dispute(stand);
}

const lookUp = (
  { provider, call }: ConformanceSubject,
  { disputeRef, operation }: DisputeSample,
  changed: Partial<CallContext> = {},
): Promise<LookupResult> => provider.lookup(disputeRef, { ...call(), ...changed }, operation);

/** The dispute's own id and money, as the provider says them. */
function checkFound(found: LookupResult, { disputeRef, operation }: DisputeSample): LookupResult {
  assert.ok('providerRef' in found, found.result);
  assert.equal(found.providerRef, disputeRef);
  const { amountMinor, currency } = operation;
  if ('echoed' in found) assert.deepEqual(found.echoed, { amountMinor, currency });
  else assert.equal(found.result, 'failed', 'its money is not repeated');
  return found;
}
