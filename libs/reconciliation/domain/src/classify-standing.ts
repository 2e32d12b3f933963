import { actionSentence } from './action-sentence.js';
import type { Classified } from './classified.js';
import { amountText } from './currency.js';
import { findingTypes, type Severity } from './finding-type.js';
import { riskOf } from './risk.js';
import { capital, kindText, resultText, utcText } from './words.js';

/** How long something has stood still, in the steps by which its risk grows. */
export type StandingBand = 'under an hour' | 'under a day' | 'a day or more';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const standingBand = (ageMs: number): StandingBand => {
  if (ageMs < HOUR_MS) return 'under an hour';
  return ageMs < DAY_MS ? 'under a day' : 'a day or more';
};

/** A payout that payments itself calls stuck. */
export interface StuckPayout {
  readonly payoutId: string;
  readonly operationId: string | null;
  readonly status: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly customerId: string;
  readonly providerRef: string | null;
  /** What payments wants a person to look at, in its own words. */
  readonly attention: readonly string[];
  /** Of its last progress. */
  readonly since: Date;
}

/** An operation of which nobody knows for too long what became of it. */
export interface AgedOperation {
  readonly operationId: string;
  readonly kind: string;
  readonly result: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly customerId: string;
  readonly providerRef: string | null;
  readonly since: Date;
}

/**
 * MED, from a day on HIGH: a customer waits for money. The band is a fact, the age itself isn't: it would
 * change with every look.
 */
export function classifyStuckPayout(payout: StuckPayout, now: Date): Classified {
  const band = standingBand(now.getTime() - payout.since.getTime());
  const { payoutId, operationId, status, amount, currency, attention } = payout;
  const because = attention.length === 0 ? '' : ` (${attention.join(', ')})`;
  const severity = band === 'a day or more' ? 'HIGH' : findingTypes.payout_stuck.base;
  return {
    ...facts('payout_stuck', severity, payout),
    message:
      `Payout ${payoutId} of ${amountText(amount, currency)} stands still since ${utcText(payout.since)}; ` +
      `its state is “${status}”${because}.`,
    keys: payoutKeys(payoutId),
    txId: operationId,
    raw: { payoutId, operationId, status, amount: `${amount}`, currency, attention, standing: band },
  };
}

/** HIGH: money may have moved at the provider without us. */
export function classifyAgedOperation(operation: AgedOperation, now: Date): Classified {
  const band = standingBand(now.getTime() - operation.since.getTime());
  const { operationId, kind, result, amount, currency } = operation;
  return {
    ...facts('unknown_operation_aged', findingTypes.unknown_operation_aged.base, operation),
    message:
      `${capital(kindText(kind))} ${operationId} of ${amountText(amount, currency)} ` +
      `${resultText(result)} since ${utcText(operation.since)}.`,
    keys: agedKeys(operationId),
    txId: operationId,
    raw: { operationId, kind, result, amount: `${amount}`, currency, standing: band },
  };
}

/** What such findings are about; they close by the same. */
export const payoutKeys = (payoutId: string): readonly string[] => [`payout:${payoutId}`];
export const agedKeys = (operationId: string): readonly string[] => [`aged:${operationId}`];

type About = Pick<StuckPayout, 'amount' | 'currency' | 'customerId' | 'providerRef'>;

function facts(
  findingType: 'payout_stuck' | 'unknown_operation_aged',
  severity: Severity,
  { amount, currency, customerId, providerRef }: About,
): Omit<Classified, 'message' | 'keys' | 'txId' | 'raw'> {
  const { inputs } = riskOf(findingType, { difference: amount, whole: amount, currency });
  return {
    ...{ findingType, severity, riskInputs: inputs, action: findingTypes[findingType].action },
    actionSentence: actionSentence(findingType, 'ours'),
    ...{ businessOn: null, playerId: customerId, providerRef, providerEventId: null },
  };
}
