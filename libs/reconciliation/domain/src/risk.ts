import { currencyScale } from './currency.js';
import { type FindingType, findingTypes, type Severity } from './finding-type.js';

/** Size of a difference, in the currency's main unit: below 100, below 10,000, above. */
export type AmountBand = 'small' | 'medium' | 'large';

/** What a severity was computed from; stored with the finding so that a person can follow it. */
export interface RiskInputs {
  readonly base: Severity;
  readonly amountBand: AmountBand;
  /** The money in question, minor units as text. */
  readonly atStake: string;
  readonly currency: string;
  /** The difference is a tenth of the whole or more. */
  readonly share: 'minor' | 'major';
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

/** Types whose risk grows with the money in question; all others keep their base. */
const bySize: ReadonlySet<FindingType> = new Set(['amount_mismatch']);

const absolute = (amount: bigint): bigint => (amount < 0n ? -amount : amount);

/** The band of an amount in minor units, whatever its sign. */
export function amountBand(amount: bigint, currency: string): AmountBand {
  const unit = 10n ** BigInt(currencyScale(currency));
  const size = absolute(amount);
  if (size < 100n * unit) return 'small';
  return size < 10_000n * unit ? 'medium' : 'large';
}

/**
 * Severity of a finding: the type's base, raised to HIGH where size counts and is more than small or a tenth
 * of the whole.
 */
export function riskOf(type: FindingType, { difference, whole, currency }: Stake): Risk {
  const { base } = findingTypes[type];
  const band = amountBand(difference, currency);
  const share = absolute(difference) * 10n >= absolute(whole) ? 'major' : 'minor';
  const raised = bySize.has(type) && (band !== 'small' || share === 'major');
  const inputs = { base, amountBand: band, atStake: difference.toString(), currency, share } as const;
  return { severity: raised ? 'HIGH' : base, inputs };
}
