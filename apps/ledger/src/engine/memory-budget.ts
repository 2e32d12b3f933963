/** Somebody who keeps entries in memory and can do without. */
interface Keeper {
  readonly size: number;
  forget(): void;
}

/**
 * One limit for what the writers of all ledgers keep in memory: a tenant has a ledger of its own, and a
 * service
 * has many tenants. When it is passed, the ledgers that were used longest ago forget; they read again what
 * they need.
 */
export class MemoryBudget {
  /** The size of each at its last use, the one used longest ago first. */
  private readonly sizes = new Map<Keeper, number>();
  private total = 0;

  constructor(private readonly limit: number) {}

  /** What all keep. */
  get entries(): number {
    return this.total;
  }

  /** Tells that a keeper was used just now. */
  used(keeper: Keeper): void {
    this.total += keeper.size - (this.sizes.get(keeper) ?? 0);
    this.sizes.delete(keeper);
    this.sizes.set(keeper, keeper.size);
    for (const [other, size] of this.sizes) {
      if (this.total <= this.limit || other === keeper) return;
      other.forget();
      this.sizes.delete(other);
      this.total -= size;
    }
  }
}
