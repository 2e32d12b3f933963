import { isIP } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addressGuard } from './forbidden-address.js';

const isForbidden = addressGuard({ allowLoopback: false, refusedNetworks: [] });
const onThisMachine = addressGuard({ allowLoopback: true, refusedNetworks: [] });

describe('an address that is refused', () => {
  it.each([
    ...['0.0.0.0', '0.255.255.255', '10.0.0.1', '10.255.255.255', '127.0.0.1', '127.255.255.255'],
    ...[
      '100.64.0.1',
      '100.100.100.200',
      '100.127.255.255',
      '169.254.169.254',
      '172.16.0.1',
      '172.31.255.255',
    ],
    ...['192.0.0.192', '192.0.2.1', '192.88.99.1', '192.168.0.1', '198.18.0.1', '198.19.255.255'],
    ...['198.51.100.7', '203.0.113.7', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255'],
    '168.63.129.16',
  ])('IPv4 %s', (address) => expect(isForbidden(address)).toBe(true));

  it.each([
    ...['::', '::1', '0:0:0:0:0:0:0:1', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'fc00::1', 'fd00:ec2::254'],
    ...['ff02::1', '100::1', '2001::1', '2001:10::1', '2001:20::1', '2001:db8::1', '3fff::1', '5f00::1'],
    // IPv4 inside IPv6: mapped (three ways to write it), compatible, translated, NAT64, 6to4, Teredo, ISATAP.
    ...['::ffff:127.0.0.1', '::ffff:7f00:1', '0:0:0:0:0:ffff:a00:1', '::ffff:169.254.169.254', '::10.0.0.1'],
    ...['::ffff:0:10.0.0.1', '64:ff9b::10.0.0.1', '64:ff9b::a9fe:a9fe', '64:ff9b:1::1', '2002:7f00:1::'],
    ...['2002:a00:1::1', '2001:0:4136:e378:8000:63bf:3fff:fdd2', 'fe80::5efe:a00:1', '2002:808:808::1'],
  ])('IPv6 %s', (address) => expect(isForbidden(address)).toBe(true));

  it.each(['', 'localhost', '1.2.3', '1.2.3.4.5', '0x7f.1', '2130706433', '::g', '[::1]', '8.8.8.8 '])(
    '%j, which is none',
    (text) => expect(isForbidden(text)).toBe(true),
  );

  it('one of a network of our own', () => {
    const guard = addressGuard({ allowLoopback: false, refusedNetworks: ['8.8.8.0/23', '2606:4700::/32'] });
    expect(['8.8.8.8', '8.8.9.255', '::ffff:8.8.8.8', '2606:4700::1'].filter((one) => !guard(one))).toEqual(
      [],
    );
    expect(guard('8.8.10.0')).toBe(false);
    expect(guard('2606:4701::1')).toBe(false);
  });
});

describe('an address that may be connected to', () => {
  it.each([
    ...[
      '1.1.1.1',
      '8.8.8.8',
      '9.255.255.255',
      '11.0.0.0',
      '100.63.255.255',
      '100.128.0.0',
      '126.255.255.255',
    ],
    ...['128.0.0.0', '169.253.255.255', '172.15.255.255', '172.32.0.0', '192.167.255.255', '192.169.0.0'],
    ...['198.17.255.255', '198.20.0.0', '223.255.255.255', '168.63.129.17', '192.0.1.0'],
    ...['2606:4700:4700::1111', '2a00:1450:4001:81b::200e', '2001:4860:4860::8888', '::ffff:8.8.8.8'],
    '64:ff9b::808:808',
  ])('%s', (address) => expect(isForbidden(address)).toBe(false));
});

describe('the switch for loopback', () => {
  it('opens loopback and nothing else', () => {
    expect(['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1'].filter(onThisMachine)).toEqual([]);
    for (const address of ['10.0.0.1', '169.254.169.254', '::', '0.0.0.0', 'fe80::1', '64:ff9b::a00:1'])
      expect(onThisMachine(address)).toBe(true);
  });
});

describe('laws', () => {
  const v4 = fc.ipV4();
  it('an IPv4 address is judged the same when it is mapped or translated', () =>
    fc.assert(
      fc.property(v4, (address) => {
        expect(isForbidden(`::ffff:${address}`)).toBe(isForbidden(address));
        expect(isForbidden(`64:ff9b::${address}`)).toBe(isForbidden(address));
      }),
    ));

  it('outside of 2000::/3 no IPv6 address is allowed, but for those that hold a public IPv4 one', () =>
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        fc.pre(isIP(address) === 6 && !/^[23][0-9a-f]{3}:/i.test(address) && !/ffff:|64:ff9b/i.test(address));
        expect(isForbidden(address)).toBe(true);
      }),
    ));
});

it.each(['10.0.0.0', '10.0.0.0/33', 'x/8', '::/129', '10.0.0.0/8/8x'])('%s is no network', (network) =>
  expect(() => addressGuard({ allowLoopback: false, refusedNetworks: [network] })).toThrow('no network'),
);
