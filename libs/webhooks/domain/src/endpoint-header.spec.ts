import { describe, expect, it } from '@jest/globals';
import { headerRefusal } from './index.js';

describe('a header of a tenant', () => {
  it.each([
    ['authorization', 'Bearer abc'],
    ['x-shop', 'a b\tc'],
    ['x-shop', 'x'],
    ['x-shop', 'x'.repeat(1000)],
  ])('%s: %j can be sent', (name, value) => expect(headerRefusal(name, value)).toBeUndefined());

  it.each([
    ...['host', 'content-length', 'transfer-encoding', 'connection', 'webhook-signature', 'webhook-id'],
    ...[
      'x-forwarded-for',
      'metadata-flavor',
      'x-aws-ec2-metadata-token',
      'proxy-authorization',
      'expect',
      'te',
    ],
    ...['content-type', 'upgrade', 'sec-fetch-mode', 'user-agent'],
  ])('%s is refused', (name) => expect(headerRefusal(name, 'x')).toBe('this header cannot be set'));

  it.each(['', 'x y', 'x:y', 'X-Upper', 'ü', 'x'.repeat(65), 'x\n'])('the name %j is refused', (name) =>
    expect(headerRefusal(name, 'x')).toMatch('name'),
  );

  it.each(['', ' x', 'x ', 'a\r\nhost: evil', 'a\nb', 'a\0b', 'ğ', 'x'.repeat(1001)])(
    'the value %j is refused',
    (value) => expect(headerRefusal('x-shop', value)).toMatch('value'),
  );
});
