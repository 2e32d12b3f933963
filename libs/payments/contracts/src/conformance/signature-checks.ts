import assert from 'node:assert/strict';
import type { RawRequest, SigningKey } from '../provider-port.js';
import type { WebhookBench, WebhookChecks } from './webhook-bench.js';

const toleranceS = 300;
const otherKey: SigningKey = { id: 'another', secret: 'whsec_bm90LXRoaXMtb25l' };
const nonsense = ['', 'A'.repeat(44), '=', ',,,', 'v1=', '\u0000', 'é'.repeat(64), 'a'.repeat(100_000)];

/** Who may speak. */
export const signatureChecks: WebhookChecks = {
  'a genuine one is valid and its key is named, also beside other keys': ({ verify, key }) => {
    assert.deepEqual(verify(), { valid: true, keyId: key.id });
    assert.deepEqual(verify({}, [otherKey, key]), { valid: true, keyId: key.id });
  },
  'the verdict is pure: the same again, and nothing is changed': ({ verify, request }) => {
    const before = textOf(request);
    assert.deepEqual(verify(), verify());
    assert.equal(textOf(request), before);
  },
  'with another key, or none, it is refused': ({ verify }) => {
    assert.equal(verify({}, [otherKey]).valid, false);
    assert.equal(verify({}, []).valid, false);
  },
  'without its headers, or with mangled ones, it is refused without a throw': (bench) => {
    const { verify, request } = bench;
    for (const name of signingHeaders(bench)) {
      assert.equal(verify({ headers: without(request.headers, name) }).valid, false, `without ${name}`);
      for (const value of nonsense) {
        const headers = { ...request.headers, [name]: value };
        assert.equal(verify({ headers }).valid, false, `${name}: ${value.slice(0, 9)}`);
      }
    }
  },
};

/** For providers that sign the whole body. */
export const wholeBodyChecks: WebhookChecks = {
  'each flipped byte, a byte more or a byte less is refused': ({ verify, request: { body } }) => {
    for (let index = 0; index < body.length; index++) {
      const changed = Uint8Array.from(body);
      changed[index] = (changed[index] ?? 0) ^ 0x01;
      assert.equal(verify({ body: changed }).valid, false, `byte ${index}`);
    }
    assert.equal(verify({ body: body.subarray(0, -1) }).valid, false, 'cut');
    assert.equal(verify({ body: Buffer.concat([body, Buffer.from(' ')]) }).valid, false, 'longer');
  },
};

/** For providers that sign the time of sending. */
export const toleranceChecks: WebhookChecks = {
  '5:00 old or ahead is valid, 5:01 is refused': ({ verify, key, sentAt }) => {
    const validAfter = (seconds: number): boolean =>
      verify({}, [key], new Date(sentAt.getTime() + seconds * 1_000)).valid;
    assert.deepEqual([validAfter(toleranceS), validAfter(-toleranceS)], [true, true]);
    assert.deepEqual([validAfter(toleranceS + 1), validAfter(-toleranceS - 1)], [false, false]);
  },
};

/** The names of the headers without which the sample isn't valid. */
function signingHeaders({ request: { headers }, verify }: WebhookBench): readonly string[] {
  return Object.keys(headers).filter((name) => !verify({ headers: without(headers, name) }).valid);
}

function without(headers: RawRequest['headers'], name: string): RawRequest['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([other]) => other !== name));
}

function textOf({ path, headers, body }: RawRequest): string {
  return JSON.stringify({ path, headers, body: [...body] });
}
