/** The only source of time outside the database. Decisions get the time in their command instead. */
export interface Clock {
  now(): Date;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => new Date() };

/** A clock for tests: it stands still until it is advanced. */
export interface ManualClock extends Clock {
  /** Moves time forward by `ms` milliseconds. */
  advance(ms: number): void;
}

/** A clock that stands at `start`. Throws a RangeError when that is no instant. */
export const manualClock = (start: Date | string): ManualClock => {
  let now = new Date(start).getTime();
  if (Number.isNaN(now)) throw new RangeError(`not an instant: ${String(start)}`);
  return {
    now: () => new Date(now),
    advance: (ms) => {
      if (!Number.isInteger(ms) || ms < 0)
        throw new RangeError(`time moves forward in whole ms, not by ${ms}`);
      now += ms;
    },
  };
};
