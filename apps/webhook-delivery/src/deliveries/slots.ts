/** How many calls may be under way. */
export interface SlotLimits {
  /** Calls of endpoints that go well. */
  readonly quick: number;
  /** Calls of endpoints in trouble, and calls that have lasted long. */
  readonly troubled: number;
  readonly slowAfterMs: number;
}

/** This part of the quick places is not worth a question. */
const SMALL = 1 / 8;

interface Call {
  readonly tenantId: string;
  readonly troubled: boolean;
  readonly startedAt: number;
}

/**
 * The places for calls of this process. Endpoints in trouble have places of their own; a call that lasts
 * long moves over to them. So the dead and the slow wait for each other, and for nobody else, unless they
 * come in such numbers at once that both kinds of places are full of calls that nobody knew to be slow.
 */
export class Slots {
  private readonly calls = new Set<Call>();

  constructor(
    private readonly limits: SlotLimits,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Takes a place; the result gives it back. */
  take(tenantId: string, troubled: boolean): () => void {
    const call: Call = { tenantId, troubled, startedAt: this.now() };
    this.calls.add(call);
    return () => void this.calls.delete(call);
  }

  /**
   * Free places for a tenant. No tenant gets more than half of those for quick calls. When nearly all of
   * them are taken the rest isn't offered: a question to the database for one place costs as much as one
   * for many.
   */
  room(tenantId: string): { readonly quick: number; readonly troubled: number } {
    const { quick, troubled, slowAfterMs } = this.limits;
    const since = this.now() - slowAfterMs;
    const quickCalls = [...this.calls].filter((call) => !call.troubled && call.startedAt >= since);
    const longCalls = this.calls.size - quickCalls.length;
    const spilled = Math.max(0, longCalls - troubled);
    const own = quickCalls.filter((call) => call.tenantId === tenantId).length;
    const free = Math.min(quick - quickCalls.length - spilled, Math.ceil(quick / 2) - own);
    return { quick: free < quick * SMALL ? 0 : free, troubled: Math.max(0, troubled - longCalls) };
  }
}
