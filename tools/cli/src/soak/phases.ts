import { Random } from './random.js';

/** How clients behave for a while. */
export interface Phase {
  /** The replica that everybody asks; undefined is either. */
  readonly replica: number | undefined;
  /** Requests that each client has open at once. */
  readonly width: number;
}

const PHASE_MS = 2_500;
const WIDE = 24;

/**
 * One replica alone, with many requests waiting, decides batches while others are written; two at once lose
 * races
 * and lock. Both ways must be walked, so the crowd moves to and fro.
 */
export class Phases {
  private readonly startedAt = Date.now();

  constructor(private readonly seed: number) {}

  get now(): Phase {
    const random = new Random(this.seed + Math.floor((Date.now() - this.startedAt) / PHASE_MS));
    return { replica: [0, 1, undefined][random.below(3)], width: random.chance(0.5) ? WIDE : 1 };
  }
}
