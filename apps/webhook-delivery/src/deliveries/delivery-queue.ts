import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, CrashPoints, Database } from '@defter/platform';
import { statesWith } from '@defter/webhooks-domain';
import type { Config } from '../config.js';
import type { CrashPoint } from '../crash-points.js';
import { headersPlace, secretPlace } from '../endpoints/endpoint.js';
import { Sealing } from '../sealing.js';
import type { ClearSecret } from '../signature.js';
import { LEASE, type LeaseRow, PARCEL, type ParcelRow } from './lease.sql.js';

/** A delivery in a worker's hands. */
export interface Held {
  readonly tenantId: string;
  readonly deliveryId: string;
  readonly endpointId: string;
  /** Grows with each lease; a result under an older number changes nothing. */
  readonly leaseNumber: number;
  /** This attempt's place on the ladder, from 1. */
  readonly tries: number;
  readonly troubled: boolean;
}

/** What is sent, opened. */
export interface Parcel {
  readonly messageId: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly secrets: readonly ClearSecret[];
}

const SHUTDOWN_POSTPONE_MS = 1_000;

/** The deliveries that are due, as workers take them. */
@Injectable()
export class DeliveryQueue {
  constructor(
    private readonly database: Database,
    private readonly sealing: Sealing,
    private readonly crash: CrashPoints<CrashPoint>,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  get pollMs(): number {
    return this.config.pollMs;
  }

  /** Takes up to so many, of endpoints that go well and of those in trouble. */
  async take(tenantId: string, room: { readonly quick: number; readonly troubled: number }): Promise<Held[]> {
    const { leaseMs, ladderMs } = this.config;
    const rows = await this.database.transaction((tx) =>
      tx.query<LeaseRow>(LEASE, [
        ...[tenantId, room.quick, room.troubled, leaseMs, ladderMs.length],
        statesWith('leased'),
      ]),
    );
    if (rows.length > 0) this.crash.reach('delivery.after-lease');
    return rows.map((row) => ({
      tenantId,
      deliveryId: row.id,
      endpointId: row.endpoint_id,
      leaseNumber: row.lease_number,
      tries: row.tries,
      troubled: row.troubled,
    }));
  }

  /**
   * The parcel; undefined when the lease is lost or the endpoint was disabled or deleted meanwhile.
   * @throws CannotOpen when a secret's key is gone
   */
  async parcel({ tenantId, deliveryId, endpointId, leaseNumber }: Held): Promise<Parcel | undefined> {
    const [row] = await this.database.query<ParcelRow>(PARCEL, [tenantId, deliveryId, leaseNumber]);
    if (row === undefined) return undefined;
    const headers = this.sealing.open(headersPlace(tenantId, endpointId), row.headers_sealed);
    return {
      messageId: row.message_id,
      url: row.url,
      body: row.body,
      headers: JSON.parse(headers) as Record<string, string>,
      secrets: row.secrets.map(({ id, scheme, sealed }) => ({
        scheme,
        text: this.sealing.open(secretPlace(tenantId, endpointId, id), sealed),
      })),
    };
  }

  /** Nothing was sent: it is due again soon and this lease doesn't count. A lost lease changes nothing. */
  async putBack({ tenantId, deliveryId, leaseNumber }: Held): Promise<void> {
    await this.database.query(
      `update webhook_delivery
          set state = 'pending', tries = tries - 1, due_at = now() + $4 * interval '1 millisecond'
        where tenant_id = $1 and id = $2 and lease_number = $3 and state = 'sending'`,
      [tenantId, deliveryId, leaseNumber, SHUTDOWN_POSTPONE_MS],
    );
  }
}
