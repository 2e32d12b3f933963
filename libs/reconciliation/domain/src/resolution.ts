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

/** All names, in the order in which they are shown. */
export const resolutionNames = Object.keys(resolutions) as readonly Resolution[];

/** Ignoring a double is right only where something is there twice. */
const doubles: ReadonlySet<FindingType> = new Set([
  'duplicate_charge',
  'duplicate_settlement_line',
  'conflicting_event',
]);

/** Whether a resolution makes sense for a type of finding. */
export const fits = (resolution: Resolution, type: FindingType): boolean =>
  resolution !== 'duplicate_ignored' || doubles.has(type);
