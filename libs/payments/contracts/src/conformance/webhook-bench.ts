import type { PaymentProvider, RawRequest, SigningKey, Verdict } from '../provider-port.js';
import type { ConformanceCase, ConformanceSubject, WebhookSample } from './subject.js';

/** A genuine webhook with the adapter's functions on it. */
export interface WebhookBench extends WebhookSample {
  readonly webhook: PaymentProvider['webhook'];
  /** Verifies the sample with what is changed; the rest is as it was sent. */
  verify(changed?: Partial<RawRequest>, keys?: readonly SigningKey[], now?: Date): Verdict;
}

export type WebhookChecks = Readonly<Record<string, (bench: WebhookBench) => void>>;

/** Each check as a case on a sample of its own. */
export function webhookCasesOf(
  subject: ConformanceSubject,
  checks: WebhookChecks,
): readonly ConformanceCase[] {
  const { webhook } = subject.provider;
  return Object.entries(checks).map(([name, check]) => ({
    name: `webhook: ${name}`,
    run: async () => {
      const sample = await subject.webhook();
      const verify: WebhookBench['verify'] = (changed = {}, keys = [sample.key], now = sample.sentAt) =>
        webhook.verify({ ...sample.request, ...changed }, keys, now);
      check({ ...sample, webhook, verify });
    },
  }));
}
