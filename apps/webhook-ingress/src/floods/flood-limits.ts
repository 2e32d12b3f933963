import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import { CLOCK, CONFIG } from '@defter/platform';
import type { Config } from '../config.js';
import { type Arrival, sourceOf } from './source-address.js';
import { TokenBuckets } from './token-buckets.js';

/** After a valid signature an address is taken for the provider's own for so long. */
const knownForMs = 3_600_000;
const maxKnown = 10_000;
/** How many seconds of refusals may come at once. */
const burstSeconds = 10;

/**
 * Counts refused requests by address and by connection, and says who is limited. Only refusals count: signed
 * traffic, however much it is, is never limited here.
 *
 * In this process's memory, on purpose: what is protected is this process's own time, and a counter that is
 * shared by replicas would cost a round trip before we know that a request is worth one.
 */
@Injectable()
export class FloodLimits {
  private readonly addresses: TokenBuckets;
  private readonly connections: TokenBuckets;
  /** When an address last sent something valid for a connection. */
  private readonly known = new Map<string, number>();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.addresses = bucketsOf(config.refusalsPerAddress);
    this.connections = bucketsOf(config.refusalsPerConnection);
  }

  /** The address that a request counts for. */
  sourceOf(arrival: Arrival): string {
    return sourceOf(arrival, this.config.trustedProxyHops);
  }

  /** One that had no valid signature, or no known connection. */
  refused(address: string, connection: string): void {
    const now = this.clock.now().getTime();
    this.addresses.take(address, now);
    this.connections.take(connection, now);
  }

  /** One with a valid signature: a flood on its connection from elsewhere won't make this address wait. */
  verified(address: string, connection: string): void {
    const [key, now] = [`${connection} ${address}`, this.clock.now().getTime()];
    // Written anew now and then only, so that the map's order is about the order of use.
    if (now - (this.known.get(key) ?? 0) < knownForMs / 60) return;
    this.known.delete(key);
    this.known.set(key, now);
    if (this.known.size <= maxKnown) return;
    const [oldest] = this.known.keys();
    if (oldest !== undefined) this.known.delete(oldest);
  }

  isLimited(address: string, connection: string): boolean {
    const now = this.clock.now().getTime();
    if (this.addresses.isEmpty(address, now)) return true;
    if (!this.connections.isEmpty(connection, now)) return false;
    return now - (this.known.get(`${connection} ${address}`) ?? 0) > knownForMs;
  }
}

function bucketsOf(perSecond: number): TokenBuckets {
  return new TokenBuckets({ perSecond, burst: perSecond * burstSeconds });
}
