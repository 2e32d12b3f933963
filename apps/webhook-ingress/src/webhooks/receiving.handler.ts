import { Inject, Injectable } from '@nestjs/common';
import { type Clock, newId } from '@defter/kernel';
import {
  type PaymentProvider,
  type ProviderManifest,
  type RawRequest,
  UnreadableWebhook,
  type Verdict,
} from '@defter/payments-contracts';
import { CLOCK, CrashPoints } from '@defter/platform';
import { type Connection, Connections, liveKeys } from '../connections/connections.read.js';
import type { CrashPoint } from '../crash-points.js';
import type { ReceivingRefusal } from '../receiving.problems.js';
import { type Intake, toIntake } from './intake.js';
import { readEvents } from './reading.js';
import { ReceivingReports } from './receiving-reports.js';
import { WebhookStore } from './webhook-store.js';

/** What a limited source is told. */
const retryAfterS = 5;

/** A request with the address it came to. */
export interface Incoming {
  readonly provider: string;
  /** Absent when the path has none: the request itself then says it. */
  readonly connectionId: string | undefined;
  readonly raw: RawRequest;
  /** The address that its limits count by. */
  readonly source: string;
  readonly traceparent: string | undefined;
}

/** A request with what its signature came to. */
interface Judged extends Pick<Incoming, 'raw' | 'traceparent'> {
  readonly verdict: Verdict;
  readonly receivedAt: Date;
}

/** What the provider is told. */
export type Receipt =
  | { readonly accepted: true; readonly acknowledgement: ProviderManifest['acknowledgement'] }
  | { readonly accepted: false; readonly refusal: ReceivingRefusal };

/**
 * bytes → connection → verify with all live keys → read → one durable write → the provider's own
 * acknowledgement.
 */
@Injectable()
export class Receiving {
  @Inject(CrashPoints) private readonly crash!: CrashPoints<CrashPoint>;

  constructor(
    private readonly connections: Connections,
    private readonly store: WebhookStore,
    private readonly reports: ReceivingReports,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Receives one request. What is accepted is committed, also what nobody can read: the provider would repeat
   * it, and the bytes are safe here. @throws Fault when the database is away
   */
  async receive({ provider: providerId, connectionId, ...sent }: Incoming): Promise<Receipt> {
    const { raw, source } = sent;
    const provider = this.connections.provider(providerId);
    if (provider === undefined) return this.unaddressed(source, 'unknown-provider');
    const id = connectionId ?? hintOf(provider, raw);
    const connection =
      id === undefined
        ? undefined
        : (this.connections.peek(providerId, id) ?? (await this.connections.find(providerId, id)));
    if (connection === undefined) return this.unaddressed(source, 'unknown-connection');

    const receivedAt = this.clock.now();
    const verdict = provider.webhook.verify(raw, liveKeys(connection, receivedAt), receivedAt);
    if (this.reports.verdict(connection, verdict, { raw, source }) === 'limited') {
      return { accepted: false, refusal: { code: 'too-many-unsigned', retryAfterS } };
    }
    if (!verdict.valid && connection.signatureEnforced) {
      return { accepted: false, refusal: { code: 'webhook-signature-invalid', reason: verdict.reason } };
    }
    const intake = this.read(provider, connection, { ...sent, verdict, receivedAt });
    this.crash.reach('inbox.before-insert');
    const stored = await this.store.store(intake);
    this.crash.reach('inbox.after-insert');
    this.reports.stored(connection, intake, stored);
    return { accepted: true, acknowledgement: provider.manifest.acknowledgement };
  }

  private read(
    provider: PaymentProvider,
    { id: connectionId, tenantId }: Connection,
    { raw, verdict, receivedAt, traceparent }: Judged,
  ): Intake {
    const reading = readEvents(provider, raw);
    const verified = verdict.valid;
    const requestId = newId('whk');
    const origin = {
      tenantId,
      requestId,
      provider: provider.manifest.id,
      connectionId,
      verified,
      receivedAt,
      traceparent,
    };
    // An unverified one is anybody's: a line for each would let them fill the log.
    if (verified && !reading.readable) this.reports.unreadable(origin, reading);
    return toIntake(origin, raw, { verdict, reading }, () => newId('evt'));
  }

  private unaddressed(source: string, code: 'unknown-provider' | 'unknown-connection'): Receipt {
    this.reports.unaddressed(source);
    return { accepted: false, refusal: { code } };
  }
}

/** Anybody's bytes: an adapter that can't read them has no hint. */
function hintOf(provider: PaymentProvider, raw: RawRequest): string | undefined {
  try {
    return provider.webhook.identify(raw);
  } catch (error) {
    if (error instanceof UnreadableWebhook) return undefined;
    throw error;
  }
}
