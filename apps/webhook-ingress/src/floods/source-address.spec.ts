import { describe, expect, it } from '@jest/globals';
import { sourceOf } from './source-address.js';

const of = (forwardedFor: string | string[] | undefined, hops: number, remoteAddress = '10.0.0.1') =>
  sourceOf({ remoteAddress, forwardedFor }, hops);

describe('the address that limits count by', () => {
  it('is the socket’s where no proxy is trusted, whatever the sender writes', () =>
    expect(of('1.2.3.4', 0)).toBe('10.0.0.1'));

  it('is what our proxies added, counted from the end', () => {
    expect(of('6.6.6.6, 1.2.3.4', 1)).toBe('1.2.3.4');
    expect(of('6.6.6.6, 1.2.3.4, 10.9.9.9', 2)).toBe('1.2.3.4');
    expect(of(['6.6.6.6', '1.2.3.4'], 1)).toBe('1.2.3.4');
  });

  it('is the socket’s where a proxy added nothing', () => {
    expect(of(undefined, 1)).toBe('10.0.0.1');
    expect(of('1.2.3.4', 2)).toBe('10.0.0.1');
  });

  it('is the /64 of an IPv6 address, in one form', () => {
    for (const address of ['2001:db8:0:1::5', '2001:db8:0000:1:ffff::9', '2001:db8:0:1:1:2:3:4']) {
      expect(of(undefined, 0, address)).toBe('2001:db8:0:1::/64');
    }
    expect(of(undefined, 0, '2001:db8:0:2::5')).toBe('2001:db8:0:2::/64');
    expect(of(undefined, 0, '::1')).toBe('0:0:0:0::/64');
    expect(of(undefined, 0, '::ffff:10.1.2.3')).toBe('10.1.2.3');
  });

  it('is bounded, whatever a proxy passes on', () => expect(of('x'.repeat(5_000), 1)).toHaveLength(64));
});
