import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import { CLOCK, Logger } from '@defter/platform';

const perConnectionEveryMs = 10_000;

interface Window {
  readonly since: number;
  suppressed: number;
}

/**
 * One log line in ten seconds per connection, whatever arrives: anybody can send unsigned requests, so a line
 * for each would let them fill the disk. The counters have the exact numbers.
 */
@Injectable()
export class RefusalLog {
  /** Bounded by the settings file: only known connections get here. */
  private readonly windows = new Map<string, Window>();

  constructor(
    private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  refused(connectionId: string, reason: string): void {
    const now = this.clock.now().getTime();
    const window = this.windows.get(connectionId);
    if (window !== undefined && now - window.since < perConnectionEveryMs) {
      window.suppressed++;
      return;
    }
    this.windows.set(connectionId, { since: now, suppressed: 0 });
    const suppressed = window?.suppressed ?? 0;
    this.logger.warn('A webhook was refused', {
      connection: connectionId,
      reason: reason.slice(0, 100),
      suppressed,
    });
  }
}
