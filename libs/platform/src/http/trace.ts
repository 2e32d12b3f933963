import { AsyncLocalStorage } from 'node:async_hooks';
import { randomFillSync } from 'node:crypto';

/** W3C trace context of the work at hand (https://www.w3.org/TR/trace-context/). */
export interface Trace {
  readonly traceId: string;
  /** The header to send on: our own span under the caller's trace. */
  readonly traceparent: string;
}

interface Holder {
  trace?: Trace;
  readonly incoming: string | undefined;
}

const storage = new AsyncLocalStorage<Holder>();
const pool = Buffer.alloc(4_096);
let used = pool.length;

/** The trace of the current request or message, made on first use; undefined outside of both. */
export function currentTrace(): Trace | undefined {
  const holder = storage.getStore();
  return holder === undefined ? undefined : (holder.trace ??= startTrace(holder.incoming));
}

/** Runs work under the incoming `traceparent` (a malformed or missing one starts a new trace). */
export function withTrace<T>(incoming: string | undefined, work: () => T): T {
  return storage.run({ incoming }, work);
}

function startTrace(incoming: string | undefined): Trace {
  const [, given, flags] = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})/.exec(incoming ?? '') ?? [];
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
