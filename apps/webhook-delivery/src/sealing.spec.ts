import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { readConfig } from '@defter/platform';
import { config } from './config.js';
import { CannotOpen, Sealing } from './sealing.js';

const needed = { DATABASE_URL: 'postgres://x', KAFKA_BROKERS: 'x:1', TENANTS_FILE: 'x' };
const sealingWith = (...keys: string[]) =>
  new Sealing(readConfig(config, { ...needed, SEALING_KEYS: keys.join(',') }));
const [older, newer] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];

it('opens what it sealed, in its place only', () => {
  const sealing = sealingWith(older);
  const sealed = sealing.seal('t_one/e/s', 'whsec_ğ');
  expect(sealed).not.toContain('whsec');
  expect(sealing.open('t_one/e/s', sealed)).toBe('whsec_ğ');
  expect(() => sealing.open('t_two/e/s', sealed)).toThrow(CannotOpen);
});

it('seals the same text differently each time', () => {
  const sealing = sealingWith(older);
  expect(sealing.seal('p', 'x')).not.toBe(sealing.seal('p', 'x'));
});

it('opens what an older key sealed, while that key is there', () => {
  const sealed = sealingWith(older).seal('p', 'x');
  expect(sealingWith(newer, older).open('p', sealed)).toBe('x');
  expect(() => sealingWith(newer).open('p', sealed)).toThrow(CannotOpen);
});

it('refuses every changed bit', () => {
  const sealing = sealingWith(older);
  const [id, content = ''] = sealing.seal('p', 'text').split('.');
  const bytes = Buffer.from(content, 'base64url');
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes);
    changed.writeUInt8((bytes[at] ?? 0) ^ 1, at);
    expect(() => sealing.open('p', `${id}.${changed.toString('base64url')}`)).toThrow(CannotOpen);
  }
});

it.each(['', 'x', '.', 'deadbeef.', 'deadbeef.AAAA'])('refuses %j', (text) =>
  expect(() => sealingWith(older).open('p', text)).toThrow(CannotOpen),
);

it('does not start without a key, or with one of another length', () => {
  expect(() => sealingWith()).toThrow('missing');
  expect(() => sealingWith(randomBytes(16).toString('base64'))).toThrow('32 bytes');
});
