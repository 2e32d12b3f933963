import { isIP } from 'node:net';

/** Networks that are not the public internet, by IANA's special-purpose registries, and clouds' own doors. */
const FORBIDDEN_V4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15'],
  ...['198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  // Azure's platform answers here; it lies among public addresses.
  '168.63.129.16/32',
];
/**
 * Inside 2000::/3, which is all that is given out to the public. Teredo and 6to4 lead to an address inside.
 */
const FORBIDDEN_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];
const PUBLIC_V6 = '2000::/3';
/** An IPv4 address in the last four bytes, by which it is judged: mapped, and NAT64's well-known prefix. */
const EMBEDDING = ['::ffff:0:0/96', '64:ff9b::/96'];
const LOOPBACK = ['127.0.0.0/8', '::1/128'];

interface Network {
  readonly bytes: readonly number[];
  readonly bits: number;
}

/** Which addresses may be connected to. */
export interface AddressPolicy {
  readonly allowLoopback: boolean;
  /** Further networks that are refused, as `address/bits`. */
  readonly refusedNetworks: readonly string[];
}

/** Decides about addresses. @throws Error for a network that isn't one */
export const addressGuard = ({ allowLoopback, refusedNetworks }: AddressPolicy) => {
  const own = refusedNetworks.map(networkOf);
  const isForbidden = (bytes: readonly number[]): boolean => {
    const embedded = embeddedIn(bytes);
    if (within(own, bytes)) return true;
    if (embedded !== undefined) return isForbidden(embedded);
    if (within(loopback, bytes)) return !allowLoopback;
    return bytes.length === 4
      ? within(forbidden4, bytes)
      : !within(public6, bytes) || within(forbidden6, bytes);
  };
  /** True for everything but an address of the public internet; also for what is no address at all. */
  return (address: string): boolean =>
    isIP(address) === 0 || address.includes('%') || isForbidden(bytesOf(address));
};

const embeddedIn = (bytes: readonly number[]): readonly number[] | undefined =>
  within(embedding, bytes) ? bytes.slice(-4) : undefined;

const within = (networks: readonly Network[], bytes: readonly number[]): boolean =>
  networks.some((network) => network.bytes.length === bytes.length && contains(network, bytes));

function contains(network: Network, bytes: readonly number[]): boolean {
  return network.bytes.every((byte, index) => {
    const bits = Math.min(8, Math.max(0, network.bits - index * 8));
    const mask = (0xff << (8 - bits)) & 0xff;
    return (byte & mask) === ((bytes[index] ?? 0) & mask);
  });
}

function networkOf(text: string): Network {
  const [address = '', bits = '', ...more] = text.split('/');
  if (more.length > 0 || isIP(address) === 0 || !/^\d{1,3}$/.test(bits))
    throw new Error(`${text} is no network`);
  const bytes = bytesOf(address);
  const count = Number.parseInt(bits, 10);
  if (count > bytes.length * 8) throw new Error(`${text} is no network`);
  return { bytes, bits: count };
}

/** Four or sixteen bytes of a valid address. */
function bytesOf(address: string): number[] {
  if (isIP(address) === 4) return address.split('.').map((part) => Number.parseInt(part, 10));
  // The URL parser writes an IPv6 address in its one canonical form, without a dotted end.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...(tail === undefined ? [] : zeros), ...after].flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

const forbidden4 = FORBIDDEN_V4.map(networkOf);
const forbidden6 = FORBIDDEN_V6.map(networkOf);
const public6 = [networkOf(PUBLIC_V6)];
const embedding = EMBEDDING.map(networkOf);
const loopback = LOOPBACK.map(networkOf);
