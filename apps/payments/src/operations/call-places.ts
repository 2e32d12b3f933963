/** A connection of a tenant: where calls go out, and wait. */
export interface Line {
  readonly tenantId: string;
  readonly connectionId: string;
}

/** A tenant may hold so many times the free places in all; a connection as many as are free. */
const TENANT_FACTOR = 2;

/**
 * The provider calls that a process may make at the same time, and who makes them. A connection gets another
 * place while it holds fewer than are free, a tenant while it holds fewer than twice as many; whoever holds
 * none gets one while there is any. So each connection that hangs leaves half of what it found, and somebody
 * who comes later still finds a place, up to five of them with 32 places: a call that hangs can't be taken
 * back. (Dynamic thresholds: Choudhury and Hahne, IEEE/ACM Transactions on Networking 6(2), 1998.)
 */
export class CallPlaces {
  private readonly byTenant = new Map<string, number>();
  private readonly byLine = new Map<string, { line: Line; held: number }>();
  /** When a line was served last; the numbers only order. */
  private readonly servedAt = new Map<string, number>();
  private servings = 0;
  private used = 0;

  constructor(readonly capacity: number) {}

  /** In the order in which they are to be served: who holds least first, then who waited longest. */
  inOrder<L extends Line>(lines: readonly L[]): readonly L[] {
    const keyed = lines.map((line) => {
      const key = keyOf(line);
      return { line, held: this.byLine.get(key)?.held ?? 0, servedAt: this.servedAt.get(key) ?? 0 };
    });
    return keyed
      .sort((one, other) => one.held - other.held || one.servedAt - other.servedAt)
      .map(({ line }) => line);
  }

  /** How many places the line may take now, in all. */
  roomFor(line: Line): number {
    const held = this.byLine.get(keyOf(line))?.held ?? 0;
    const heldByTenant = this.byTenant.get(line.tenantId) ?? 0;
    const mayTake = (more: number): boolean => {
      const free = this.capacity - this.used - more;
      return (
        free > 0 &&
        (held + more === 0 || held + more < free) &&
        (heldByTenant + more === 0 || heldByTenant + more < TENANT_FACTOR * free)
      );
    };
    let room = 0;
    while (mayTake(room)) room++;
    return room;
  }

  /** Notes that the line had its turn, whether or not it took a place. */
  served(line: Line): void {
    this.servedAt.set(keyOf(line), ++this.servings);
  }

  /** Takes a place. @returns what gives it back; to be called once */
  take(line: Line): () => void {
    this.add(line, 1);
    return () => this.add(line, -1);
  }

  /** Forgets when lines were served that are no more, so that what is kept doesn't grow. */
  keepOnly(lines: readonly Line[]): void {
    const known = new Set(lines.map(keyOf));
    for (const key of this.servedAt.keys()) if (!known.has(key)) this.servedAt.delete(key);
  }

  /** Places in use, by line. */
  get inUse(): readonly { readonly line: Line; readonly held: number }[] {
    return [...this.byLine.values()];
  }

  private add(line: Line, by: number): void {
    this.used += by;
    const held = (this.byLine.get(keyOf(line))?.held ?? 0) + by;
    if (held === 0) this.byLine.delete(keyOf(line));
    else this.byLine.set(keyOf(line), { line, held });
    const ofTenant = (this.byTenant.get(line.tenantId) ?? 0) + by;
    if (ofTenant === 0) this.byTenant.delete(line.tenantId);
    else this.byTenant.set(line.tenantId, ofTenant);
  }
}

const keyOf = ({ tenantId, connectionId }: Line): string => `${tenantId}/${connectionId}`;
