import { choosesType } from '@defter/webhooks-domain';

/**
 * What happens to each object: `<object>.<what happens>` is the type of an event. A test holds it to its
 * sources.
 */
const EVENTS: Readonly<Record<string, readonly string[]>> = {
  payment_intent: [
    ...[
      'requires_payment_method',
      'requires_confirmation',
      'requires_action',
      'processing',
      'requires_capture',
    ],
    ...['partially_captured', 'unknown', 'succeeded', 'canceled', 'updated'],
  ],
  payout: [
    ...['reserving', 'requested', 'in_review', 'on_hold', 'approved', 'queued', 'submitted', 'in_transit'],
    ...['unknown', 'paid', 'rejected', 'canceled', 'failed', 'returned', 'updated'],
  ],
  checkout_session: ['open', 'complete', 'expired', 'updated'],
  ledger: [
    ...['transaction_created', 'transaction_reverted', 'hold_posted', 'hold_voided', 'hold_expired'],
    ...['metadata_set', 'metadata_deleted'],
  ],
  finding: [
    ...['open', 'acknowledged', 'in_progress', 'proposed', 'reopened', 'resolved', 'accepted_risk'],
    ...['auto_resolved', 'updated'],
  ],
  webhook_endpoint: ['disabled'],
  webhook: ['test'],
};

/** Every type of event that an endpoint can be sent. */
export const knownEventTypes: readonly string[] = Object.entries(EVENTS).flatMap(([object, words]) =>
  words.map((word) => `${object}.${word}`),
);

/** The first pattern that chooses no event that there is; such a subscription would wait for ever. */
export const unknownPattern = (patterns: readonly string[]): string | undefined =>
  patterns.find((pattern) => !knownEventTypes.some((type) => choosesType([pattern], type)));

/** Why the pattern is refused, with what there is instead: of its object, or the objects. */
export const aboutUnknown = (pattern: string): string => {
  const object = pattern.split('.')[0] ?? '';
  const words = Object.hasOwn(EVENTS, object) ? (EVENTS[object] ?? []) : [];
  const known = words.length > 0 ? [`${object}.*`, ...words.map((word) => `${object}.${word}`)] : ALL;
  return `$property has ${pattern}, of which there is no event; there are ${known.join(', ')}`;
};

const ALL: readonly string[] = ['*', ...Object.keys(EVENTS).map((object) => `${object}.*`)];
