import type { PayoutEvent } from './payout.js';

const HOUR_MS = 3_600_000;

/**
 * Events of 0.1 know neither deadlines nor the role of who approved; they are read with the defaults of then.
 */
export const upcastPayoutEvent = (event: Readonly<Record<string, unknown>>): PayoutEvent => {
  const missing = added[String(event['type'])]?.(String(event['at'])) ?? {};
  return { ...missing, ...event } as unknown as PayoutEvent;
};

const added: Readonly<Record<string, (at: string) => object>> = {
  PayoutClaimed: (at) => ({ reviewDeadline: later(at, 24), slaBreachAt: later(at, 72) }),
  PayoutApprovalGiven: () => ({ role: 'approver' }),
};

const later = (at: string, hours: number): string => new Date(Date.parse(at) + hours * HOUR_MS).toISOString();
