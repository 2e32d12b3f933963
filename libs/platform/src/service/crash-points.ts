import { ConfigError } from './config.js';

/** Where the outbox relay can be ended; for the list of a service that has one. */
export const outboxCrashPoints = ['outbox.before-send', 'outbox.after-send', 'outbox.after-mark'] as const;
/** Where a relay of gapless streams can be ended. */
export const logCrashPoints = ['log.before-send', 'log.after-send'] as const;

export type RelayCrashPoint = (typeof outboxCrashPoints)[number] | (typeof logCrashPoints)[number];

interface Armed {
  readonly point: string;
  /** Passages that are still to come, with the one that ends the process. */
  left: number;
}

/**
 * Named places on both sides of each commit and each send, where tests end the process as kill -9 would:
 * `DEFTER_CRASH_POINT=<name>[:<nth passage>]`. Without it, reaching one is a comparison with undefined.
 */
export class CrashPoints<Point extends string = string> {
  constructor(private readonly armed?: Armed) {}

  reach(point: Point): void {
    if (this.armed === undefined || this.armed.point !== point) return;
    this.armed.left -= 1;
    if (this.armed.left === 0) process.kill(process.pid, 'SIGKILL');
  }
}

/** Reads `name[:nth]`. @throws ConfigError when the service has no such point */
export function armCrashPoint(known: readonly string[], text: string | undefined): CrashPoints {
  if (text === undefined) return new CrashPoints();
  const [, point = '', nth = '1'] = /^([a-z.-]+)(?::([1-9]\d{0,5}))?$/.exec(text) ?? [];
  if (known.includes(point)) return new CrashPoints({ point, left: Number.parseInt(nth, 10) });
  const list = known.length === 0 ? 'none' : known.join(', ');
  throw new ConfigError([`DEFTER_CRASH_POINT must be <name>[:<nth>] (it is "${text}"); names: ${list}`]);
}
