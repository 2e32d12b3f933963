import assert from 'node:assert/strict';
import type { RawRequest, SigningKey } from '../provider-port.js';
import { fieldsOf, withField } from './body-fields.js';
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
  'while a secret rotates, each of its keys is valid, in any order and among many': ({ verify, key }) => {
    const others = Array.from({ length: 9 }, (_, index) => ({ ...otherKey, ...sameLength(key, index) }));
    for (let at = 0; at <= others.length; at++) {
      const keys = [...others.slice(0, at), key, ...others.slice(at)];
      assert.deepEqual(verify({}, keys), { valid: true, keyId: key.id }, `at ${at}`);
    }
    assert.equal(verify({}, others).valid, false);
  },
  'a key without a secret, or that is no key, proves nothing and throws nothing': ({ verify, key }) => {
    for (const secret of ['', ' ', 'zz', '\u0000', 'é'])
      assert.equal(verify({}, [{ ...key, secret }]).valid, false, secret);
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
  'without its signature, or with a mangled one, it is refused without a throw': (bench) => {
    const { verify, request } = bench;
    const field = signatureFieldOf(bench);
    const headers = signingHeaders(bench);
    assert.ok(field !== undefined || headers.length > 0, 'nothing of the request is needed');
    for (const body of bodiesWith(bench, [undefined, ...nonsense, null, 1, {}]))
      assert.equal(verify({ body }).valid, false);
    for (const name of headers) {
      assert.equal(verify({ headers: without(request.headers, name) }).valid, false, `without ${name}`);
      for (const value of nonsense) {
        const headers = { ...request.headers, [name]: value };
        assert.equal(verify({ headers }).valid, false, `${name}: ${value.slice(0, 9)}`);
      }
    }
  },
  'the header that signs is named, so that what lacks it is refused before its body is read': (bench) => {
    const headers = signingHeaders(bench);
    const { signatureHeader } = bench.webhook;
    assert.ok(headers.length === 0 || headers.includes(signatureHeader ?? ''), headers.join(', '));
    assert.ok(headers.length > 0 || signatureHeader === undefined, 'a header that signs nothing is named');
  },
  'ten thousand signatures are refused, wherever the genuine one stands among them': (bench) => {
    const field = signatureFieldOf(bench);
    const many = (genuine: string): string[] => {
      const wrong = Array.from({ length: 10_000 }, () => `v1=${'0'.repeat(64)}`).join(',');
      return [`${genuine},${wrong}`, `${wrong},${genuine}`];
    };
    for (const name of signingHeaders(bench)) {
      for (const value of many(bench.request.headers[name] ?? '')) {
        const headers = { ...bench.request.headers, [name]: value };
        assert.equal(bench.verify({ headers }).valid, false, name);
      }
    }
    for (const body of bodiesWith(bench, many(String(field?.value))))
      assert.equal(bench.verify({ body }).valid, false);
  },
  'a signature cut by any number of characters is refused without a throw': (bench) => {
    const field = signatureFieldOf(bench);
    for (const name of signingHeaders(bench)) {
      const genuine = bench.request.headers[name] ?? '';
      for (let length = 0; length < genuine.length; length++) {
        const headers = { ...bench.request.headers, [name]: genuine.slice(0, length) };
        assert.equal(bench.verify({ headers }).valid, false, `${name} cut to ${length}`);
      }
    }
    const text = String(field?.value ?? '');
    const shorter = Array.from(text, (_, length) => text.slice(0, length));
    for (const body of bodiesWith(bench, shorter)) assert.equal(bench.verify({ body }).valid, false);
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

const sameLength = ({ secret, parameters }: SigningKey, index: number): SigningKey => ({
  ...{ id: `other_${index}`, secret: secret.replace(/[0-9A-Za-z]$/, (last) => (last === '0' ? '1' : '0')) },
  ...(parameters !== undefined && { parameters }),
});

/** The field of the body that holds the signature, if one does. */
const signatureFieldOf = ({ request, signatureField }: WebhookBench) =>
  fieldsOf(request.body).find(({ name }) => name === signatureField);

/** The body with each of these as its signature; none where a header holds it. */
function bodiesWith(bench: WebhookBench, signatures: readonly unknown[]): readonly Uint8Array[] {
  const field = signatureFieldOf(bench);
  return field === undefined ? [] : signatures.map((value) => withField(bench.request.body, field, value));
}

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
