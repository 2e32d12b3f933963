import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import { CLOCK, CONFIG, Metrics } from '@defter/platform';
import { Agent, request } from 'undici';
import type { OpenDelivery } from '../book/book.js';
import type { Config } from '../config.js';
import { Connections, type MerchantConnection } from '../connections.js';
import { signatureHeader } from './signature.js';
import { webhookBody } from './webhook-body.js';

const timeoutMs = 10_000;
/** Nobody has this secret; webhooks of the scenario webhook.bad_signature are signed with it. */
const strangersSecret = 'whsec_of_somebody_else';

/** Carries one webhook once: signs it with the keys of this moment and posts it. */
@Injectable()
export class WebhookCourier {
  private readonly agent = new Agent({ connections: 32, connect: { timeout: 2_000 } });
  private readonly attempts;
  private turn = 0;

  constructor(
    private readonly connections: Connections,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
    metrics: Metrics,
  ) {
    const help = 'Webhooks sent, by the class of the answer';
    this.attempts = metrics.counter('defter_mock_psp_webhook_attempts_total', help, ['answer']);
  }

  /** The status of the answer, or undefined when there was none. Never throws. */
  async carry(open: OpenDelivery, stop: AbortSignal): Promise<number | undefined> {
    const status = await this.tryPost(open, stop).catch(() => undefined);
    this.attempts.inc({ answer: status === undefined ? 'none' : `${Math.floor(status / 100)}xx` });
    return status;
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }

  private async tryPost(open: OpenDelivery, stop: AbortSignal): Promise<number | undefined> {
    const connection = await this.connections.findById(open.operation.connectionId);
    if (connection === undefined) return undefined;
    const body = webhookBody(open);
    const secrets = open.delivery.badSignature ? [strangersSecret] : secretsOf(connection);
    const signature = signatureHeader(body, secrets, this.clock.now());
    const response = await request(`${this.nextBaseUrl()}${connection.webhookPath}`, {
      ...{ dispatcher: this.agent, method: 'POST', body },
      headers: { 'content-type': 'application/json', 'user-agent': 'mock-psp', 'mock-signature': signature },
      signal: AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]),
    });
    await response.body.dump({ limit: 65_536 });
    return response.statusCode;
  }

  /** In turn, so that with several replicas each gets its share, and a retry goes to another one. */
  private nextBaseUrl(): string {
    const { webhookBaseUrls } = this.config;
    const url = webhookBaseUrls[this.turn++ % webhookBaseUrls.length] ?? '';
    return url.replace(/\/+$/, '');
  }
}

function secretsOf({ signingKeys }: MerchantConnection): readonly string[] {
  return signingKeys.map(({ secret }) => secret);
}
