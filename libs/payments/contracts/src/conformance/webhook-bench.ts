import type { PaymentProvider, ProviderEvent, RawRequest, SigningKey, Verdict } from '../provider-port.js';
import type { ConformanceCase, ConformanceSubject, WebhookSample } from './subject.js';

/** A genuine webhook with the adapter's functions on it. */
export interface WebhookBench extends WebhookSample {
  readonly webhook: PaymentProvider['webhook'];
  /** The signed fields in their order; none where the whole body is signed. */
  readonly signedNames: readonly string[];
  /** Verifies the sample with what is changed; the rest is as it was sent. */
  verify(changed?: Partial<RawRequest>, keys?: readonly SigningKey[], now?: Date): Verdict;
  /** Reads the sample with what is changed. */
  read(changed?: Partial<RawRequest>): readonly ProviderEvent[];
}

export type WebhookChecks = Readonly<Record<string, (bench: WebhookBench) => void>>;

/** Each check as a case on a sample of its own. */
export function webhookCasesOf(
  subject: ConformanceSubject,
  checks: WebhookChecks,
): readonly ConformanceCase[] {
  const { webhook, manifest } = subject.provider;
  const ofManifest = manifest.signedFields === 'whole-body' ? [] : manifest.signedFields;
  return Object.entries(checks).map(([name, check]) => ({
    name: `webhook: ${name}`,
    run: async () => {
      const sample = await subject.webhook();
      const verify: WebhookBench['verify'] = (changed = {}, keys = [sample.key], now = sample.sentAt) =>
        webhook.verify({ ...sample.request, ...changed }, keys, now);
      const read: WebhookBench['read'] = (changed = {}) =>
        webhook.normalize({ ...sample.request, ...changed });
      check({ ...sample, webhook, signedNames: sample.signed ?? ofManifest, verify, read });
    },
  }));
}

/** What may move money, and what makes an event the same one again. */
export const believedOf = (events: readonly ProviderEvent[]) =>
  events.map(({ facts, uniqueKey }) => ({ facts, uniqueKey }));
