import { currencyScale } from './currency.js';
import { type FindingType, findingTypes, type Severity } from './finding-type.js';

/** Size of a difference, in the currency's main unit: below 100, below 10,000, above. */
export type AmountBand = 'small' | 'medium' | 'large';
/** Age of a difference when it was looked at: less than three days, or more. */
export type AgeBand = 'fresh' | 'old';

/** What a severity was computed from; stored with the finding so that a person can follow it. */
export interface RiskInputs {
  readonly base: Severity;
  readonly amountBand: AmountBand;
  /** The money in question, minor units as text. */
  readonly atStake: string;
  readonly currency: string;
  /** The difference is a tenth of the whole or more. */
  readonly share: 'minor' | 'major';
  readonly ageBand: AgeBand;
  /** Whether a customer is known whose money it is. */
  readonly customerImpact: 'none' | 'one';
  /** The factors, in the order base, amount, age, customer; their product is the score. */
  readonly factors: readonly [number, number, number, number];
}

export interface Risk {
  readonly severity: Severity;
  readonly inputs: RiskInputs;
}

/** The money of a difference: what differs, of how much. */
export interface Stake {
  readonly difference: bigint;
  readonly whole: bigint;
  readonly currency: string;
}

/** What else counts: age in days, and whether a customer is known. */
export interface Circumstances {
  readonly ageDays?: number;
  readonly hasCustomer?: boolean;
}

const OLD_DAYS = 3;

/** A step from one severity to the next is a factor of four; two steps of two make one, too. */
const weight: Readonly<Record<Severity, number>> = { LOW: 1, MED: 4, HIGH: 16 };

/** Types whose risk grows with the money in question, however large or small the whole is. */
const bySize: ReadonlySet<FindingType> = new Set(['amount_mismatch']);
/** Types whose risk is how long it has been so. */
const byAge: ReadonlySet<FindingType> = new Set(['payout_stuck', 'late_settlement', 'report_missing']);

const absolute = (amount: bigint): bigint => (amount < 0n ? -amount : amount);

/** The band of an amount in minor units, whatever its sign. */
export function amountBand(amount: bigint, currency: string): AmountBand {
  const unit = 10n ** BigInt(currencyScale(currency));
  const size = absolute(amount);
  if (size < 100n * unit) return 'small';
  return size < 10_000n * unit ? 'medium' : 'large';
}

/**
 * Severity of a finding: base × amount × age × customer. The base alone gives the type's own severity; an
 * amount where size counts (more than small, or a tenth of the whole) and an age where age counts (three
 * days) each raise it by one; a large amount of a known customer does so for every type.
 */
export function riskOf(
  type: FindingType,
  { difference, whole, currency }: Stake,
  { ageDays = 0, hasCustomer = false }: Circumstances = {},
): Risk {
  const { base } = findingTypes[type];
  const band = amountBand(difference, currency);
  const share = absolute(difference) * 10n >= absolute(whole) ? 'major' : 'minor';
  const ageBand = ageDays >= OLD_DAYS ? 'old' : 'fresh';
  const factors = [
    weight[base],
    amountFactor(type, band, share),
    byAge.has(type) && ageBand === 'old' ? 4 : 1,
    hasCustomer ? 2 : 1,
  ] as const;
  const score = factors.reduce((product, factor) => product * factor, 1);
  const customerImpact = hasCustomer ? 'one' : 'none';
  const inputs = { base, amountBand: band, atStake: difference.toString(), currency, share } as const;
  return { severity: severityOf(score), inputs: { ...inputs, ageBand, customerImpact, factors } };
}

function amountFactor(type: FindingType, band: AmountBand, share: 'minor' | 'major'): number {
  if (bySize.has(type)) return band !== 'small' || share === 'major' ? 4 : 1;
  return band === 'large' ? 2 : 1;
}

function severityOf(score: number): Severity {
  if (score >= weight.HIGH) return 'HIGH';
  return score >= weight.MED ? 'MED' : 'LOW';
}
