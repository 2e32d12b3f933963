import type { FindingType } from './finding-type.js';

/**
 * How a difference was settled. `movesMoney` ones need two people and a journal entry that names the
 * finding.
 */
export const resolutions = {
  late_arrival: { movesMoney: false },
  relink: { movesMoney: false },
  post_adjustment: { movesMoney: true },
  write_off: { movesMoney: true },
  psp_dispute: { movesMoney: false },
  duplicate_ignored: { movesMoney: false },
  config_fix: { movesMoney: false },
  data_fix: { movesMoney: false },
  accepted_risk: { movesMoney: false },
} as const satisfies Record<string, { movesMoney: boolean }>;

export type Resolution = keyof typeof resolutions;

/** The resolutions that move money. */
export type MoneyResolution = {
  [R in Resolution]: (typeof resolutions)[R]['movesMoney'] extends true ? R : never;
}[Resolution];

/** All names, in the order in which they are shown. */
export const resolutionNames = Object.keys(resolutions) as readonly Resolution[];

export const moneyResolutions: readonly MoneyResolution[] = ['post_adjustment', 'write_off'];

export const movesMoney = (resolution: Resolution): resolution is MoneyResolution =>
  resolutions[resolution].movesMoney;

/** Ignoring a double is right only where something is there twice. */
const doubles: ReadonlySet<FindingType> = new Set([
  'duplicate_charge',
  'duplicate_settlement_line',
  'conflicting_event',
]);

const both = moneyResolutions;
const none: readonly MoneyResolution[] = [];

/**
 * By which entries a type's difference can be settled; exhaustive. None where no figure in one currency
 * differs, where the outcome is still open (nobody writes an outcome), where the money is on its way back by
 * itself, and for a ledger that doesn't add up: entries would move both of its sides.
 */
const corrections: Readonly<Record<FindingType, readonly MoneyResolution[]>> = {
  missing_in_ledger: both,
  missing_at_psp: both,
  amount_mismatch: both,
  fee_mismatch: both,
  fx_mismatch: both,
  duplicate_settlement_line: both,
  bank_deposit_unmatched: both,
  batch_sum_mismatch: both,
  late_settlement: ['write_off'],
  unsettled_reserve: ['write_off'],
  currency_mismatch: none,
  status_mismatch: none,
  duplicate_charge: none,
  payout_returned: none,
  payout_stuck: none,
  unknown_operation_aged: none,
  wallet_ledger_drift: none,
  report_missing: none,
  report_reissued: none,
  orphan_event: none,
  conflicting_event: none,
};

/** Whether a resolution makes sense for a type of finding. */
export function fits(resolution: Resolution, type: FindingType): boolean {
  if (movesMoney(resolution)) return corrections[type].includes(resolution);
  return resolution !== 'duplicate_ignored' || doubles.has(type);
}
