import { Injectable } from '@nestjs/common';
import { CrashPoints } from '@defter/platform';
import type { CrashPoint } from '../crash-points.js';
import { CannotOpen } from '../sealing.js';
import { signatureHeader, timestampOf } from '../signature.js';
import { AttemptRecords } from './attempt-records.js';
import { DeliveryQueue, type Held, type Parcel } from './delivery-queue.js';
import { INTERRUPTED, Sender, type Sent } from './sender.js';
import type { Way } from './way.js';

const USER_AGENT = 'Defter-Webhooks/1';

/**
 * Makes one attempt: read, sign, send, record. Nothing is open at the database while it sends. Who dies
 * between sending and recording has sent for nothing: the lease runs out, and the message goes out again
 * under its id.
 */
@Injectable()
export class Attempts {
  constructor(
    private readonly queue: DeliveryQueue,
    private readonly sender: Sender,
    private readonly records: AttemptRecords,
    private readonly crash: CrashPoints<CrashPoint>,
  ) {}

  /** Ends the requests under way; their messages go out again. */
  interrupt(): void {
    this.sender.interrupt();
  }

  async make(held: Held): Promise<void> {
    const startedAt = new Date();
    let parcel: Parcel | undefined;
    try {
      parcel = await this.queue.parcel(held);
    } catch (error) {
      if (!(error instanceof CannotOpen)) throw error;
      // It can't be signed, which a person must mend; until then it climbs the ladder as a failure.
      const sent = { failure: 'secret_unreadable', detail: error.message } as const;
      return this.records.record(held, sent, { startedAt, durationMs: 0, url: '', requestHeaders: {} });
    }
    if (parcel === undefined) return this.queue.putBack(held);
    this.crash.reach('delivery.before-send');
    const [sent, way] = await this.send(parcel, startedAt);
    if (sent === INTERRUPTED) return this.queue.putBack(held);
    this.crash.reach('delivery.after-send');
    await this.records.record(held, sent, way);
    this.crash.reach('delivery.after-record');
  }

  private async send(parcel: Parcel, startedAt: Date): Promise<[Sent | typeof INTERRUPTED, Way]> {
    const { url, body, headers: own } = parcel;
    const began = performance.now();
    const headers = signedHeaders(parcel, startedAt);
    const sent = await this.sender.send({ url, body, headers: { ...own, ...headers } });
    const durationMs = Math.round(performance.now() - began);
    return [sent, { startedAt, durationMs, url, requestHeaders: { ...redacted(own), ...headers } }];
  }
}

function signedHeaders({ messageId: id, body, secrets }: Parcel, at: Date): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': USER_AGENT,
    'webhook-id': id,
    'webhook-timestamp': timestampOf(at),
    'webhook-signature': signatureHeader(secrets, { id, at, body }),
  };
}

const redacted = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.keys(headers).map((name) => [name, '[redacted]']));
