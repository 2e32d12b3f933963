import autocannon from 'autocannon';
import type { SignedWebhook } from './signed-webhooks.js';

export interface WebhookLoad {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/**
 * Sends each webhook once, in order, as fast as so many connections get their answers.
 * @throws Error unless every one is acknowledged
 */
export const sendWebhooks = async (
  url: string,
  webhooks: readonly SignedWebhook[],
  { connections }: { readonly connections: number },
): Promise<WebhookLoad> => {
  const { origin, pathname } = new URL(url);
  let next = 0;
  const result = await autocannon({
    url: origin,
    connections,
    amount: webhooks.length,
    timeout: 60,
    requests: [
      {
        method: 'POST',
        path: pathname,
        setupRequest: (request) => {
          const webhook = webhooks[next++ % webhooks.length];
          return webhook === undefined
            ? request
            : { ...request, headers: { ...webhook.headers }, body: webhook.body };
        },
      },
    ],
  });
  if (result['2xx'] !== webhooks.length || result.errors > 0) {
    const missing = webhooks.length - result['2xx'];
    throw new Error(
      `${missing} of ${webhooks.length} webhooks were not acknowledged (${result.errors} errors)`,
    );
  }
  return {
    perSecond: webhooks.length / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
  };
};
