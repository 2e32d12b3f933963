import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { isGivenSecret, newSecret, signatureHeader } from './signature.js';

const known = {
  secret: { scheme: 'v1', text: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' },
  content: {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    at: new Date(1_614_265_330_000),
    body: '{"test": 2432232314}',
  },
} as const;

/** As a receiver does it: the raw key of `whpk_…` in the twelve bytes of an SPKI header (RFC 8410). */
const publicKeyOf = (text: string) =>
  createPublicKey({
    key: Buffer.concat([
      Buffer.from('302a300506032b6570032100', 'hex'),
      Buffer.from(text.slice(5), 'base64'),
    ]),
    format: 'der',
    type: 'spki',
  });

describe('v1', () => {
  it('gives the known answer of Standard Webhooks', () =>
    expect(signatureHeader([known.secret], known.content)).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    ));

  it('gives what the published library gives, for any secret and body', () => {
    for (const body of ['{}', '{"ü":"ğş€"}', 'a'.repeat(100_000)]) {
      const secret = newSecret('v1');
      const at = new Date();
      expect(signatureHeader([secret], { id: 'msg_1', at, body })).toBe(
        new Webhook(secret.text).sign('msg_1', at, body),
      );
    }
  });
});

describe('v1a', () => {
  const { id, at, body } = known.content;
  const secret = newSecret('v1a');
  const [version, signature = ''] = signatureHeader([secret], known.content).split(',');
  const holds = (bytes: string) =>
    verify(null, Buffer.from(bytes), publicKeyOf(secret.publicKey ?? ''), Buffer.from(signature, 'base64'));

  it('is verified with the public key alone', () => {
    expect(version).toBe('v1a');
    expect(secret.publicKey).toMatch(/^whpk_[A-Za-z0-9+/]{43}=$/);
    expect(holds(`${id}.${at.getTime() / 1_000}.${body}`)).toBe(true);
  });

  it('covers id, time and body', () => {
    const seconds = at.getTime() / 1_000;
    for (const other of [
      `x${id}.${seconds}.${body}`,
      `${id}.${seconds + 1}.${body}`,
      `${id}.${seconds}.${body} `,
    ])
      expect(holds(other)).toBe(false);
  });
});

it('one header holds a signature per secret, and the library finds its own', () => {
  const [older, newer, third] = [newSecret('v1'), newSecret('v1'), newSecret('v1a')];
  const at = new Date();
  const header = signatureHeader([third, newer, older], { id: 'msg_1', at, body: '{"a":1}' });
  expect(header.split(' ')).toHaveLength(3);
  const headers = {
    'webhook-id': 'msg_1',
    'webhook-timestamp': `${Math.floor(at.getTime() / 1_000)}`,
    'webhook-signature': header,
  };
  for (const { text } of [older, newer])
    expect(new Webhook(text).verify('{"a":1}', headers)).toEqual({ a: 1 });
  expect(() => new Webhook(newSecret('v1').text).verify('{"a":1}', headers)).toThrow('No matching signature');
});

describe('a secret that a tenant brings along', () => {
  const bytes = (count: number) => `whsec_${Buffer.alloc(count, 7).toString('base64')}`;
  it.each([bytes(24), bytes(32), bytes(64)])('%s is taken', (text) => expect(isGivenSecret(text)).toBe(true));
  it.each([bytes(23), bytes(65), 'whsec_', bytes(32).slice(6), `${bytes(32)}!`, 'whsec_MfKQ9r8GKYqr', ''])(
    '%j is refused',
    (text) => expect(isGivenSecret(text)).toBe(false),
  );
});
