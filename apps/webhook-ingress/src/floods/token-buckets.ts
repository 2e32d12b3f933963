/** How many a second, and how many at once after a quiet time. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** More keys than this are forgotten, the least recently used first: what is remembered stays bounded. */
const maxKeys = 20_000;

/** A token bucket per key; a key that was never seen has a full one. */
export class TokenBuckets {
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly rate: Rate,
    private readonly keys = maxKeys,
  ) {}

  /** Takes a token; at most it becomes a debt of one second, so that a flood's end is noticed soon. */
  take(key: string, nowMs: number): void {
    const bucket = this.refilled(key, nowMs) ?? { tokens: this.rate.burst, at: nowMs };
    bucket.tokens = Math.max(-this.rate.perSecond, bucket.tokens - 1);
    // Taken out and put back: the map's order is the order of use.
    this.buckets.delete(key);
    this.buckets.set(key, bucket);
    if (this.buckets.size > this.keys) this.forgetOldest();
  }

  isEmpty(key: string, nowMs: number): boolean {
    const bucket = this.refilled(key, nowMs);
    return bucket !== undefined && bucket.tokens < 1;
  }

  get size(): number {
    return this.buckets.size;
  }

  private refilled(key: string, nowMs: number): Bucket | undefined {
    const bucket = this.buckets.get(key);
    if (bucket === undefined) return undefined;
    const gained = (Math.max(0, nowMs - bucket.at) / 1_000) * this.rate.perSecond;
    bucket.tokens = Math.min(this.rate.burst, bucket.tokens + gained);
    bucket.at = nowMs;
    return bucket;
  }

  private forgetOldest(): void {
    const [oldest] = this.buckets.keys();
    if (oldest !== undefined) this.buckets.delete(oldest);
  }
}
