import { Agent, request } from 'node:http';
import type { SignedWebhook } from './signed-webhooks.js';
import type { WebhookLoad } from './webhook-load.js';

/**
 * Sends each webhook once, evenly spaced at `perSecond`, whether or not those before are answered. Latency is
 * counted from the moment at which a webhook was due, so that waiting for a free connection is in it.
 *
 * autocannon's own rate sends a second's share as one burst at the second's begin: its latencies are those of
 * full load, whatever the rate.
 * @throws Error unless every one is acknowledged
 */
export const sendPaced = async (
  url: string,
  webhooks: readonly SignedWebhook[],
  { connections, perSecond }: { readonly connections: number; readonly perSecond: number },
): Promise<WebhookLoad> => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const tookMs: number[] = [];
  const refused: Record<string, number> = {};
  const startedAt = performance.now();
  const send = async (webhook: SignedWebhook, dueAt: number): Promise<void> => {
    const answer = await statusOf(url, webhook, agent);
    if (answer >= '200' && answer < '300') tookMs.push(performance.now() - dueAt);
    else refused[answer] = (refused[answer] ?? 0) + 1;
  };
  try {
    const sending: Promise<void>[] = [];
    for await (const due of ticks(webhooks.length, perSecond)) {
      for (let index = due.from; index < due.to; index++) {
        const webhook = webhooks[index];
        if (webhook !== undefined) sending.push(send(webhook, startedAt + (index / perSecond) * 1_000));
      }
    }
    await Promise.all(sending);
  } finally {
    agent.destroy();
  }
  if (tookMs.length !== webhooks.length) {
    throw new Error(
      `${webhooks.length - tookMs.length} webhooks were not acknowledged: ${JSON.stringify(refused)}`,
    );
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  tookMs.sort((a, b) => a - b);
  const quantile = (part: number): number => tookMs[Math.ceil(tookMs.length * part) - 1] ?? NaN;
  return { perSecond: webhooks.length / seconds, p50: quantile(0.5), p99: quantile(0.99) };
};

/** What has become due since the last look, by index, about every millisecond. */
async function* ticks(
  count: number,
  perSecond: number,
): AsyncGenerator<{ readonly from: number; readonly to: number }> {
  const startedAt = performance.now();
  for (let from = 0; from < count;) {
    const elapsedS = (performance.now() - startedAt) / 1_000;
    const to = Math.min(count, Math.floor(elapsedS * perSecond) + 1);
    if (to > from) yield { from, to };
    from = Math.max(from, to);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

const statusOf = (url: string, { body, headers }: SignedWebhook, agent: Agent): Promise<string> =>
  new Promise((resolve) => {
    const options = { method: 'POST', agent, headers: { ...headers, 'content-length': body.length } };
    const broken = (error: Error) => resolve(error.message);
    const sending = request(url, options, (answer) => {
      answer
        .resume()
        .on('end', () => resolve(`${answer.statusCode}`))
        .on('error', broken);
    });
    sending.on('error', broken).end(body);
  });
