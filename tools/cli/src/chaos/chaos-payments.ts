import { Random } from '../soak/random.js';
import { readBooks } from '../demo/books.js';
import { ChaosWorld } from './chaos-world.js';
import type { ChaosPoint } from './crash-point-list.js';
import type { Finding } from './findings.js';
import { compareWithKafka } from './published.read.js';
import { type Played, playRound, QUEUES, type RoundResult, settled } from './round.js';

export interface ChaosOptions {
  readonly points: readonly ChaosPoint[];
  readonly rounds: number;
  readonly seed: number;
  /** Worlds beside each other; each takes the next point when it is done with one. */
  readonly lanes?: number;
  /** No round begins after so many minutes. */
  readonly minutes?: number;
  readonly onProgress?: (line: string) => void;
}

/** What came of a point's rounds. */
export interface Tally {
  readonly point: string;
  rounds: number;
  struck: number;
  /** Deposits and withdrawals that callers were told of. */
  acknowledged: number;
  lost: number;
  doubled: number;
  different: number;
  /** Rounds in which the point didn't strike: they show nothing. */
  unknown: number;
  readonly findings: string[];
}

const SEED_STEP = 7_919;
/** A round without a strike is tried again with another passage. */
const MOST_TRIES = 2;
const LAST_LOOK_MS = 10_000;

interface Job {
  readonly point: ChaosPoint;
  /** Its place among the points. */
  readonly index: number;
  readonly round: number;
  readonly tally: Tally;
}

/**
 * Plays every point its rounds, each round over all points before the next; see
 * docs/reference/reliability.md for what is compared.
 */
export const chaosPayments = async (options: ChaosOptions): Promise<readonly Tally[]> => {
  const { points, rounds, lanes = 1, minutes = Infinity } = options;
  const tallies = points.map(({ name }) => emptyTally(name));
  const deadline = Date.now() + minutes * 60_000;
  const jobs = Array.from({ length: rounds }, (_, round) =>
    points.flatMap((point, index) => {
      const tally = tallies[index];
      return tally === undefined ? [] : [{ point, index, round, tally }];
    }),
  ).flat();
  const next = (): Job | undefined => (Date.now() < deadline ? jobs.shift() : undefined);
  await Promise.all(Array.from({ length: Math.min(lanes, points.length) }, () => playLane(next, options)));
  return tallies;
};

/** A world of its own that takes one job after the other, and is looked at as a whole in the end. */
const playLane = async (next: () => Job | undefined, options: ChaosOptions): Promise<void> => {
  const world = await ChaosWorld.start();
  const played: Played[] = [];
  let tally: Tally | undefined;
  try {
    for (let job = next(); job !== undefined; job = next()) {
      played.push(...(await playJob(world, job, options)));
      tally = job.tally;
    }
    const last = await lookAtAll(world, played);
    for (const finding of last) if (tally !== undefined) count(tally, finding);
  } finally {
    await world.stop();
  }
};

const playJob = async (
  world: ChaosWorld,
  { point, index, round, tally }: Job,
  { seed, onProgress = () => undefined }: ChaosOptions,
): Promise<Played[]> => {
  const all: Played[] = [];
  const random = new Random(seed + index * SEED_STEP + round);
  const result = await withTries((attempt) => {
    const prefix = `p${index}r${round}t${attempt}`;
    return playRound(world, point, { seed: random.below(2 ** 30), prefix });
  }, all);
  tally.rounds += 1;
  tally.acknowledged += all.length;
  if (result.struck) tally.struck += 1;
  else tally.unknown += 1;
  for (const finding of result.findings) count(tally, finding);
  onProgress(lineOf(tally));
  return all;
};

const withTries = async (
  play: (attempt: number) => Promise<RoundResult>,
  all: Played[],
): Promise<RoundResult> => {
  for (let attempt = 0; ; attempt++) {
    const result = await play(attempt);
    all.push(...result.played);
    if (result.struck || result.findings.length > 0 || attempt + 1 === MOST_TRIES) return result;
  }
};

/** Once more over everything: what was doubled late shows here, and the sum of all accounts. */
const lookAtAll = async (world: ChaosWorld, played: readonly Played[]): Promise<readonly Finding[]> => {
  const findings = await settled(world, played, { since: new Date(0), limitMs: LAST_LOOK_MS });
  const { accounts } = await readBooks(world.stage);
  const sum = [...accounts.values()].reduce((total, { posted }) => total + posted, 0n);
  const off: Finding = { kind: 'different', customer: QUEUES, what: `all accounts sum up to ${sum}` };
  return [...findings, ...(await compareWithKafka(world)), ...(sum === 0n ? [] : [off])];
};

const emptyTally = (point: string): Tally => ({
  ...{ point, rounds: 0, struck: 0, acknowledged: 0, lost: 0, doubled: 0, different: 0, unknown: 0 },
  findings: [],
});

const count = (tally: Tally, { kind, customer, what }: Finding): void => {
  tally[kind] += 1;
  tally.findings.push(`${kind}: ${customer}: ${what}`);
};

const COLUMNS = [
  ...['rounds', 'struck', 'acknowledged', 'lost', 'doubled', 'different', 'unknown'],
] as readonly Exclude<keyof Tally, 'point' | 'findings'>[];

/** A row of the table that is printed and put into docs/reference/reliability.md. */
export const lineOf = (tally: Tally): string =>
  `| ${[`\`${tally.point}\``, ...COLUMNS.map((column) => `${tally[column]}`)].join(' | ')} |`;

export const TABLE_HEAD = [`| point | ${COLUMNS.join(' | ')} |`, `|---|${'---|'.repeat(COLUMNS.length)}`];

/** Nothing lost, doubled or different, and the point struck in every round, and in one at least. */
export const isGood = ({ struck, lost, doubled, different, unknown }: Tally): boolean =>
  struck > 0 && lost + doubled + different + unknown === 0;
