import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Repeats the assertion until it holds; throws its last error after the limit (default 30 s: a busy machine
 * is slow, and what holds is seen at once).
 */
export async function eventually<T>(
  assertion: () => T | Promise<T>,
  { timeoutMs = 30_000, pauseMs = 20 } = {},
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(pauseMs);
    }
  }
}
