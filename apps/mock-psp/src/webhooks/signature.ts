import { createHmac } from 'node:crypto';

/**
 * `t=<unix seconds>,v1=<hex>[,v1=<hex>]`: HMAC-SHA256 of `t.body`, once with each secret, so that a
 * receiver which knows the old or the new one of a rotation accepts it. Stripe's scheme under another name.
 */
export function signatureHeader(body: string, secrets: readonly string[], at: Date): string {
  const t = Math.floor(at.getTime() / 1_000);
  const digests = secrets.map((secret) => createHmac('sha256', secret).update(`${t}.${body}`).digest('hex'));
  return [`t=${t}`, ...digests.map((digest) => `v1=${digest}`)].join(',');
}
