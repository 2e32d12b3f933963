import { AsyncLocalStorage } from 'node:async_hooks';
import { randomFillSync } from 'node:crypto';

/** W3C trace context of the work at hand (https://www.w3.org/TR/trace-context/). */
export interface Trace {
  readonly traceId: string;
  /** The header to send on: our own span under the caller's trace. */
  readonly traceparent: string;
}

/** A trace that is made when somebody first asks for it; most requests end without. */
export class PendingTrace {
  private made: Trace | undefined;
  constructor(private readonly incoming: string | undefined) {}

  get trace(): Trace {
    return (this.made ??= startTrace(this.incoming));
  }
}

const storage = new AsyncLocalStorage<PendingTrace>();
const pool = Buffer.alloc(4_096);
let used = pool.length;

/** The trace of the current request or message, made on first use; undefined outside of both. */
export function currentTrace(): Trace | undefined {
  return storage.getStore()?.trace;
}

/** Runs work under the incoming `traceparent` (a malformed or missing one starts a new trace). */
export function withTrace<T>(incoming: string | undefined, work: () => T): T {
  return withPendingTrace(new PendingTrace(incoming), work);
}

/** As `withTrace`, for a trace that its owner asks for outside of the work, too. */
export function withPendingTrace<T>(pending: PendingTrace, work: () => T): T {
  return storage.run(pending, work);
}

function startTrace(incoming: string | undefined): Trace {
  const [, given, flags] =
    /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})/.exec(incoming ?? '') ??
    [];
  const traceId = given ?? randomHex(16);
  return { traceId, traceparent: `00-${traceId}-${randomHex(8)}-${flags ?? '00'}` };
}

/** Random bytes are drawn from a pool: one system call for hundreds of requests. */
function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}
