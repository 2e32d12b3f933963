import { isIPv6 } from 'node:net';

/** Headers and socket of a request, as far as they say where it comes from. */
export interface Arrival {
  readonly remoteAddress: string | undefined;
  readonly forwardedFor: string | readonly string[] | undefined;
}

/**
 * The address that limits count by. Only what our own proxies have added to `X-Forwarded-For` is believed:
 * with `trustedHops` of them it is the last-but-so-many element; whoever sends may write anything before it.
 * An IPv6 address counts by its /64, for that is what one machine is given.
 */
export function sourceOf({ remoteAddress = 'unknown', forwardedFor }: Arrival, trustedHops: number): string {
  if (trustedHops === 0) return prefixOf(remoteAddress);
  const chain = (typeof forwardedFor === 'string' ? [forwardedFor] : (forwardedFor ?? []))
    .flatMap((text) => text.split(','))
    .map((text) => text.trim());
  return prefixOf(chain.at(-trustedHops) ?? remoteAddress);
}

function prefixOf(address: string): string {
  const plain = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
  if (!isIPv6(plain)) return plain.slice(0, 64);
  const [head = '', tail] = plain.split('::');
  const groups = head === '' ? [] : head.split(':');
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length);
  const all = [...groups, ...Array.from({ length: missing }, () => '0'), ...(tail?.split(':') ?? [])];
  return `${all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
