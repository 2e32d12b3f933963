/** How an endpoint has been lately. Written only when it changes: a healthy endpoint's row is left alone. */
export interface EndpointHealth {
  readonly status: 'enabled' | 'disabled';
  /** Since when no attempt succeeded. */
  readonly failingSince: Date | null;
  readonly lastFailedAt: Date | null;
  /** Since when answers take long. */
  readonly slowSince: Date | null;
}

/** What an attempt says about its endpoint. */
export interface HealthSign {
  readonly endpoint: 'healthy' | 'failing' | 'gone';
  readonly slow: boolean;
  readonly at: Date;
}

export type DisabledReason = 'gone' | 'failing' | 'by_request';

export interface HealthChange {
  readonly health: EndpointHealth;
  /** Only when this attempt disabled it. */
  readonly disabled?: DisabledReason;
}

/** Without an attempt for so long nothing is known; the count of days begins again. */
const FORGOTTEN_AFTER_MS = 24 * 3_600_000;

/**
 * The endpoint's health after an attempt; undefined when nothing changes. `disableAfterMs` of failures
 * without a success disable it, 410 at once.
 */
export const decideHealth = (
  health: EndpointHealth,
  { endpoint, slow, at }: HealthSign,
  disableAfterMs: number,
): HealthChange | undefined => {
  const slowSince = slow ? (health.slowSince ?? at) : null;
  if (endpoint === 'healthy') {
    const same = health.failingSince === null && (health.slowSince === null) === (slowSince === null);
    return same ? undefined : { health: { ...health, failingSince: null, lastFailedAt: null, slowSince } };
  }
  const known = health.lastFailedAt !== null && elapsed(health.lastFailedAt, at) <= FORGOTTEN_AFTER_MS;
  const failingSince = known ? (health.failingSince ?? at) : at;
  const failing = { ...health, failingSince, lastFailedAt: at, slowSince };
  if (health.status === 'disabled') return { health: failing };
  if (endpoint === 'gone') return { health: { ...failing, status: 'disabled' }, disabled: 'gone' };
  if (elapsed(failingSince, at) < disableAfterMs) return { health: failing };
  return { health: { ...failing, status: 'disabled' }, disabled: 'failing' };
};

const elapsed = (from: Date, to: Date): number => to.getTime() - from.getTime();
