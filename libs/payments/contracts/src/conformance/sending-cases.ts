import assert from 'node:assert/strict';
import { withServer } from './broken-server.js';
import type { CallContext, OperationKind, OperationResult, ProviderOperation } from '../provider-port.js';
import type { ConformanceCase, ConformanceSubject } from './subject.js';

/** What a server was sent: the path, the headers and the body of each request as one text. */
type Recorded = string[];

const cardNumbers = ['4242424242424242', '4242 4242 4242 4242', '5528-7900-0000-0008', 'a 378282246310005 b'];
const kinds: readonly OperationKind[] = [
  ...(['authorize', 'capture', 'sale', 'void', 'refund', 'payout', 'payout_reversal', 'chargeback'] as const),
];

/** What leaves the adapter, and what must not. */
export function sendingCases(subject: ConformanceSubject): readonly ConformanceCase[] {
  return [
    ...subject.provider.manifest.capabilities.map((kind) => idCase(subject, kind)),
    ...Object.entries(checks).map(([name, check]) => ({ name, run: () => check(subject) })),
  ];
}

/** For an adapter that only reads webhooks: it says so, and sends nothing. */
export function silentCases(subject: ConformanceSubject): readonly ConformanceCase[] {
  const { provider, operation } = subject;
  return kinds.map((kind) => ({
    name: `${kind}: execute is errored and lookup unknown, and nothing is sent`,
    run: async () => {
      const asked = { ...operation('accepted'), kind };
      await nothingSent(subject, async (call) => {
        assert.equal((await provider.execute(asked, call)).result, 'errored');
        assert.equal((await provider.lookup(asked.operationId, call, asked)).result, 'unknown');
      });
    },
  }));
}

const idCase = (subject: ConformanceSubject, kind: OperationKind): ConformanceCase => ({
  name: `execute ${kind}: one request, that carries our operation id`,
  run: async () => {
    const asked = ofKind(subject, kind);
    const [result, sent] = await recorded(subject, (call) => subject.provider.execute(asked, call));
    assert.equal(result.result, 'unknown', 'a 500 after sending');
    assert.equal(sent.length, 1, 'how many requests it sends');
    const id = subject.idAsSent?.(asked.operationId) ?? asked.operationId;
    assert.ok(sent[0]?.includes(id), 'the operation id is nowhere in it');
  },
});

const checks: Readonly<Record<string, (subject: ConformanceSubject) => Promise<void>>> = {
  'lookup: asks, and carries our operation id': async (subject) => {
    const asked = subject.operation('accepted');
    const look = (call: CallContext) => subject.provider.lookup(asked.operationId, call, asked);
    const [, sent] = await recorded(subject, look);
    assert.ok(sent.length > 0, 'nothing is asked');
    const id = subject.idAsSent?.(asked.operationId) ?? asked.operationId;
    assert.ok(sent.every((request) => decodeURIComponent(request).includes(id)));
  },
  'execute: a kind that the manifest leaves out is errored, and nothing is sent': async (subject) => {
    const others = kinds.filter((kind) => !subject.provider.manifest.capabilities.includes(kind));
    for (const kind of others) await refused(subject, ofKind(subject, kind), ['errored']);
  },
  'execute: a currency that the manifest leaves out is errored or failed, and nothing is sent': (subject) =>
    refused(subject, { ...subject.operation('accepted'), currency: 'XTS' }, ['errored', 'failed']),
  'execute: text like a card number is failed, and nothing is sent': async (subject) => {
    for (const number of cardNumbers) {
      const asked = subject.operation('accepted');
      const { metadata } = asked;
      for (const with_ of [
        ...[{ instrument: number }, { reference: number }, { customerId: number }],
        ...[{ metadata: { ...metadata, note: number } }, { metadata: { ...metadata, [number]: 'x' } }],
      ])
        await refused(subject, { ...asked, ...with_ }, ['failed']);
    }
  },
  'execute and lookup: without the credentials that the manifest names nothing is sent': async (subject) => {
    const { provider } = subject;
    for (const name of provider.manifest.credentials ?? []) {
      const asked = subject.operation('accepted');
      await nothingSent(subject, async (call) => {
        const rest = Object.entries(call.credentials ?? {}).filter(([other]) => other !== name);
        const poor = { ...call, credentials: Object.fromEntries(rest) };
        assert.equal((await provider.execute(asked, poor)).result, 'errored');
        assert.equal((await provider.lookup(asked.operationId, poor, asked)).result, 'unknown');
      });
    }
  },
  'execute: a call that was given up before it began is errored, and nothing is sent': async (subject) => {
    const asked = subject.operation('accepted');
    await nothingSent(subject, async (call) => {
      const gone = { ...call, signal: AbortSignal.abort() };
      assert.equal((await subject.provider.execute(asked, gone)).result, 'errored');
    });
  },
  'execute and lookup: no secret in what they say': async (subject) => {
    const asked = subject.operation('accepted');
    const { apiKey, credentials = {} } = subject.call();
    const secrets = [apiKey, ...Object.values(credentials)].filter((secret) => secret.length > 5);
    const said = await Promise.all([
      recorded(subject, (call) => subject.provider.execute(asked, call)),
      recorded(subject, (call) => subject.provider.lookup(asked.operationId, call, asked)),
    ]);
    for (const [result] of said) {
      const text = JSON.stringify(result, (_, value: unknown) =>
        typeof value === 'bigint' ? `${value}` : value,
      );
      assert.ok(!secrets.some((secret) => text.includes(secret)), 'a secret is in the result');
    }
  },
};

const ofKind = (subject: ConformanceSubject, kind: OperationKind): ProviderOperation => ({
  ...subject.operation('accepted'),
  ...{ kind, parentProviderRef: '22416035' },
});

async function refused(
  subject: ConformanceSubject,
  operation: ProviderOperation,
  allowed: readonly OperationResult['result'][],
): Promise<void> {
  await nothingSent(subject, async (call) => {
    const { result } = await subject.provider.execute(operation, call);
    assert.ok(allowed.includes(result), `${operation.kind} is ${result}`);
  });
}

async function nothingSent(
  subject: ConformanceSubject,
  work: (call: CallContext) => Promise<unknown>,
): Promise<void> {
  const [, sent] = await recorded(subject, work);
  assert.deepEqual(sent, [], 'something was sent');
}

/** Runs `work` against a server that keeps what it hears and answers 500. */
async function recorded<T>(
  subject: ConformanceSubject,
  work: (call: CallContext) => Promise<T>,
): Promise<[T, Recorded]> {
  const sent: Recorded = [];
  const result = await withServer(
    ({ method, url, headers }, response, body) => {
      sent.push(`${method} ${url} ${JSON.stringify(headers)} ${body.toString('utf8')}`);
      response.writeHead(500).end();
    },
    (baseUrl) => work({ ...subject.call(), baseUrl, timeoutMs: 2_000 }),
  );
  return [result, sent];
}
