import { eventually as soon } from '@defter/testing';

/** As the test kit's, with time for a thousand endpoints on a machine that others use too. */
export const eventually = <T>(check: () => T | Promise<T>, { timeoutMs = 60_000 } = {}): Promise<T> =>
  soon(async () => await check(), { timeoutMs });
