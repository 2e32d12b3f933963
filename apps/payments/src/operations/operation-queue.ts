import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, CrashPoints, Database, Metrics } from '@defter/platform';
import type { PaymentsConfig } from '../config.js';
import type { CrashPoint } from '../crash-points.js';
import { CallPlaces, type Line } from './call-places.js';
import {
  type LeasedOperation,
  leaseOperations,
  noteCall,
  postponeOperation,
  waitingLines,
} from './operation-lease.js';

const POSTPONE_MS = 1_000;

/** The operations that are due, as the runner takes them, and the places where they are run. */
@Injectable()
export class OperationQueue {
  private readonly places: CallPlaces;

  constructor(
    private readonly database: Database,
    private readonly crash: CrashPoints<CrashPoint>,
    @Inject(CONFIG) private readonly config: PaymentsConfig,
    metrics: Metrics,
  ) {
    this.places = new CallPlaces(config.providerConcurrency);
    showPlaces(metrics, this.places);
  }

  get pollMs(): number {
    return this.config.pollMs;
  }

  /** Those of the lines where something is due, in the order in which they are to be served. */
  async waiting<L extends Line>(lines: readonly L[]): Promise<readonly L[]> {
    this.places.keepOnly(lines);
    const waiting = new Set((await waitingLines(this.database, lines)).map(nameOf));
    return this.places.inOrder(lines.filter((line) => waiting.has(nameOf(line))));
  }

  /** Leases what there is room for now; to be run at once, `inPlace`. */
  async take(line: Line): Promise<LeasedOperation[]> {
    const room = this.places.roomFor(line);
    if (room === 0) return [];
    const { leaseMs } = this.config;
    const held = await this.database.transaction(async (tx) => {
      const leased = await leaseOperations(tx, line, { limit: room, leaseMs });
      if (leased.length > 0) this.crash.reach('operation.before-lease');
      return leased;
    });
    this.places.served(line);
    if (held.length > 0) this.crash.reach('operation.after-lease');
    return held;
  }

  /** Does the work in a place of the line, which is free again when it ends, however it ends. */
  async inPlace(line: Line, work: () => Promise<void>): Promise<void> {
    const giveBack = this.places.take(line);
    try {
      await work();
    } finally {
      giveBack();
    }
  }

  /** It goes out now; one that waits for its connection makes no call. */
  async note(held: LeasedOperation): Promise<void> {
    await noteCall(this.database, held);
  }

  /** Nothing was done yet; it is due again soon. */
  async putBack(held: LeasedOperation): Promise<void> {
    await this.database.transaction((tx) => postponeOperation(tx, held, POSTPONE_MS));
  }
}

const nameOf = ({ tenantId, connectionId }: Line): string => `${tenantId}/${connectionId}`;

/** Never by tenant: that would be a time series for each. Connections are few, they stand in the settings. */
const showPlaces = (metrics: Metrics, places: CallPlaces): void => {
  metrics
    .gauge('defter_payments_call_places', 'Provider calls that the process may make at the same time')
    .set(places.capacity);
  const name = 'defter_payments_call_places_used';
  metrics.gauge(name, 'Provider calls under way, by connection', ['connection'], (gauge) => {
    gauge.reset();
    for (const { line, held } of places.inUse) gauge.inc({ connection: line.connectionId }, held);
  });
};
