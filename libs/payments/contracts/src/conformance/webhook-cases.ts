import assert from 'node:assert/strict';
import { type RawRequest, type SigningKey, UnreadableWebhook, type Verdict } from '../provider-port.js';
import type { ConformanceCase, ConformanceSubject, WebhookSample } from './subject.js';

const toleranceS = 300;
const otherKey: SigningKey = { id: 'another', secret: 'whsec_bm90LXRoaXMtb25l' };

/** Webhooks: who may speak, and what is believed. */
export function webhookCases(subject: ConformanceSubject): readonly ConformanceCase[] {
  const { webhook, manifest } = subject.provider;
  const verify = (
    request: RawRequest,
    sample: WebhookSample,
    keys = [sample.key],
    now = sample.sentAt,
  ): Verdict => webhook.verify(request, keys, now);
  const sampled = (name: string, check: (sample: WebhookSample) => void): ConformanceCase => ({
    name: `webhook: ${name}`,
    run: async () => check(await subject.webhook()),
  });
  const refused = (request: RawRequest, sample: WebhookSample, why: string): void =>
    assert.equal(verify(request, sample).valid, false, why);

  return [
    sampled('a genuine one is valid and its key is named, also beside other keys', (sample) => {
      const valid: Verdict = { valid: true, keyId: sample.key.id };
      assert.deepEqual(verify(sample.request, sample), valid);
      assert.deepEqual(verify(sample.request, sample, [otherKey, sample.key]), valid);
    }),
    sampled('the verdict is pure: the same again, and nothing is changed', (sample) => {
      const before = textOf(sample.request);
      assert.deepEqual(verify(sample.request, sample), verify(sample.request, sample));
      assert.equal(textOf(sample.request), before);
    }),
    sampled('with another key, or none, it is refused', (sample) => {
      assert.equal(verify(sample.request, sample, [otherKey]).valid, false);
      assert.equal(verify(sample.request, sample, []).valid, false);
    }),
    sampled('without its headers, or with mangled ones, it is refused without a throw', (sample) => {
      refused({ ...sample.request, headers: {} }, sample, 'no headers');
      for (const name of Object.keys(signingHeaders(sample, verify))) {
        for (const value of [
          '',
          'A'.repeat(44),
          '=',
          ',,,',
          'v1=',
          '\u0000',
          'é'.repeat(64),
          'a'.repeat(100_000),
        ]) {
          refused(
            { ...sample.request, headers: { ...sample.request.headers, [name]: value } },
            sample,
            value.slice(0, 9),
          );
        }
      }
    }),
    sampled('a connection is named', (sample) => {
      assert.equal(webhook.identify(sample.request), sample.connectionId);
      assert.doesNotThrow(() => webhook.identify({ path: '/', headers: {}, body: new Uint8Array([0xff]) }));
    }),
    sampled('facts are read as the provider meant them, twice the same', (sample) => {
      const [event, ...others] = webhook.normalize(sample.request);
      assert.deepEqual(others, []);
      assert.deepEqual(event?.facts, sample.facts);
      assert.notEqual(event?.uniqueKey, '');
      assert.deepEqual(webhook.normalize(sample.request), [event]);
    }),
    sampled('headers cannot change facts or the unique key', (sample) => {
      const headers = { 'x-amount': '1', amount: '1', 'idempotency-key': 'x', 'webhook-id': 'x' };
      const [event] = webhook.normalize({ ...sample.request, headers });
      const [genuine] = webhook.normalize(sample.request);
      assert.deepEqual([event?.facts, event?.uniqueKey], [genuine?.facts, genuine?.uniqueKey]);
    }),
    sampled('bytes of another form are UnreadableWebhook', (sample) => {
      const half = sample.request.body.subarray(0, sample.request.body.length / 2);
      for (const body of [new Uint8Array(), new Uint8Array([0xff, 0xfe]), Buffer.from('[]'), half]) {
        assert.throws(() => webhook.normalize({ ...sample.request, body }), UnreadableWebhook);
      }
    }),
    ...(manifest.signedFields === 'whole-body' ? [wholeBody()] : []),
    ...(manifest.signsTimestamp ? [tolerance()] : []),
  ];

  function wholeBody(): ConformanceCase {
    return sampled('each flipped byte, a byte more or a byte less is refused', (sample) => {
      const { body } = sample.request;
      for (let index = 0; index < body.length; index++) {
        const changed = Uint8Array.from(body);
        changed[index] = (changed[index] ?? 0) ^ 0x01;
        refused({ ...sample.request, body: changed }, sample, `byte ${index}`);
      }
      refused({ ...sample.request, body: body.subarray(0, -1) }, sample, 'cut');
      refused({ ...sample.request, body: Buffer.concat([body, Buffer.from(' ')]) }, sample, 'longer');
    });
  }

  function tolerance(): ConformanceCase {
    return sampled('5:00 old or ahead is valid, 5:01 is refused', (sample) => {
      for (const side of [1, -1]) {
        for (const [seconds, valid] of [
          [toleranceS, true],
          [toleranceS + 1, false],
        ] as const) {
          const now = new Date(sample.sentAt.getTime() + side * seconds * 1_000);
          assert.equal(verify(sample.request, sample, [sample.key], now).valid, valid, `${side * seconds} s`);
        }
      }
    });
  }
}

function textOf({ path, headers, body }: RawRequest): string {
  return JSON.stringify({ path, headers, body: [...body] });
}

/** The headers without which the sample isn't valid. */
function signingHeaders(
  sample: WebhookSample,
  verify: (request: RawRequest, sample: WebhookSample) => Verdict,
): Readonly<Record<string, string>> {
  const { headers } = sample.request;
  const needed = Object.entries(headers).filter(([name]) => {
    const others = Object.fromEntries(Object.entries(headers).filter(([other]) => other !== name));
    return !verify({ ...sample.request, headers: others }, sample).valid;
  });
  return Object.fromEntries(needed);
}
