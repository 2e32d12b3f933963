import { Inject, Injectable } from '@nestjs/common';
import { type Clock, newId } from '@defter/kernel';
import type { RawRequest } from '@defter/payments-contracts';
import { CLOCK, Database, Lifecycle, Logger } from '@defter/platform';
import type { Connection } from '../connections/connections.read.js';
import { keptHeaders } from '../kept-headers.js';
import {
  addTally,
  forgetOld,
  type KeyUse,
  type RefusalCount,
  type RefusalSample,
  type TallyRows,
} from './tally-row.js';

const flushEveryMs = 2_000;
const hourMs = 3_600_000;
/** Of one connection in one hour; the table's key holds all replicas to it together. */
const samplesPerHour = 20;
const sampleBytes = 4_096;

/** What is known of a refused request. */
export interface Refused {
  readonly reason: string;
  readonly source: string;
  readonly request: RawRequest;
}

/**
 * Counts refusals and the use of keys in memory and adds them to tables now and then, so that a flood costs a
 * few rows an hour. A process that is killed loses the counts of its last two seconds, nothing else.
 */
@Injectable()
export class Tally {
  private counts = new Map<string, RefusalCount>();
  private uses = new Map<string, KeyUse>();
  private samples: RefusalSample[] = [];
  /** Slots used in this hour, by connection. */
  private slots = new Map<string, number>();
  private hour = 0;
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
    lifecycle: Lifecycle,
  ) {
    lifecycle.register({
      name: 'tally of refusals and keys',
      start: () => {
        this.timer = setInterval(() => void this.flush(), flushEveryMs);
        return Promise.resolve();
      },
      stop: () => {
        clearInterval(this.timer);
        return this.flush();
      },
    });
  }

  used({ tenantId, provider, id: connectionId }: Connection, keyId: string): void {
    const at = this.clock.now();
    const key = useKey({ connectionId, keyId });
    const known = this.uses.get(key);
    if (known === undefined) this.uses.set(key, { tenantId, provider, connectionId, keyId, uses: 1, at });
    else Object.assign(known, { uses: known.uses + 1, at });
  }

  refused({ tenantId, provider, id: connectionId }: Connection, refused: Refused): void {
    const at = this.clock.now();
    const hour = Math.floor(at.getTime() / hourMs);
    if (hour !== this.hour) this.slots.clear();
    this.hour = hour;
    const hourAt = new Date(hour * hourMs);
    const { reason } = refused;
    const key = countKey({ connectionId, reason, hourAt });
    const known = this.counts.get(key);
    if (known !== undefined) known.refused += 1;
    else this.counts.set(key, { tenantId, provider, connectionId, reason, hourAt, refused: 1 });
    const slot = this.slots.get(connectionId) ?? 0;
    if (slot >= samplesPerHour) return;
    this.slots.set(connectionId, slot + 1);
    this.samples.push({
      ...{ tenantId, provider, connectionId, reason, hourAt, slot, at, id: newId('whk') },
      ...sampleOf(refused),
    });
  }

  /** Writes what has come together; what can't be written stays for the next time. */
  flush(): Promise<void> {
    this.flushing = this.flushing.then(() => this.write());
    return this.flushing;
  }

  private async write(): Promise<void> {
    const [counts, uses, samples] = [[...this.counts.values()], [...this.uses.values()], this.samples];
    this.counts = new Map();
    this.uses = new Map();
    this.samples = [];
    for (const tenantId of new Set([...counts, ...uses].map((row) => row.tenantId))) {
      const of = <R extends { readonly tenantId: string }>(rows: readonly R[]): R[] =>
        rows.filter((row) => row.tenantId === tenantId);
      await this.add(tenantId, { counts: of(counts), uses: of(uses), samples: of(samples) });
    }
  }

  private async add(tenantId: string, tally: TallyRows): Promise<void> {
    try {
      await addTally(this.database, tenantId, tally);
    } catch (error) {
      this.logger.warn('The tally of refusals and keys could not be written', { error });
      return this.takeBack(tally);
    }
    if (tally.samples.length === 0) return;
    await forgetOld(this.database, tenantId, this.clock.now()).catch((error: unknown) => {
      this.logger.warn('Old refusals could not be forgotten', { error });
    });
  }

  /** Bounded by what the settings file names: connections, keys, and reasons that are words. */
  private takeBack({ counts, uses }: TallyRows): void {
    for (const count of counts) {
      const newer = this.counts.get(countKey(count));
      this.counts.set(countKey(count), { ...count, refused: count.refused + (newer?.refused ?? 0) });
    }
    for (const use of uses) {
      const newer = this.uses.get(useKey(use));
      this.uses.set(useKey(use), { ...use, uses: use.uses + (newer?.uses ?? 0), at: newer?.at ?? use.at });
    }
  }
}

const useKey = ({ connectionId, keyId }: Pick<KeyUse, 'connectionId' | 'keyId'>): string =>
  `${connectionId} ${keyId}`;
const countKey = (count: Pick<RefusalCount, 'connectionId' | 'reason' | 'hourAt'>): string =>
  `${count.connectionId} ${count.reason} ${count.hourAt.getTime()}`;

function sampleOf({ source, request }: Refused) {
  const body = Buffer.from(request.body.subarray(0, sampleBytes));
  return {
    ...{ source, path: request.path.slice(0, 500), headers: keptHeaders(request.headers) },
    ...{ body, bodyLength: request.body.byteLength },
  };
}
