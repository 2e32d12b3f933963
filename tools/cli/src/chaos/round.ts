import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../soak/random.js';
import { openQueues, readCustomers } from './books.read.js';
import type { ChaosWorld } from './chaos-world.js';
import type { ChaosPoint } from './crash-point-list.js';
import { compareWish } from './compare-wish.js';
import type { Finding } from './findings.js';
import { give, play, type Told } from './players.js';
import { compareTotals } from './totals.read.js';
import { passagesOf, type Wish, wishesOf } from './wishes.js';

/** Traffic goes on so long when the point was not reached. */
const MOST_WAVES = 3;
/** Stands for the customer where something waits that is nobody's in particular. */
export const QUEUES = '-';
const LOOK_MS = 150;
/** Far beyond the sum of all waits that a round's recovery may need. */
const SETTLE_LIMIT_MS = 30_000;

export interface Played {
  readonly wish: Wish;
  /** What the caller was told in the end. */
  readonly told: Told;
}

export interface RoundResult {
  /** Whether the point ended the process. */
  readonly struck: boolean;
  readonly played: readonly Played[];
  readonly findings: readonly Finding[];
}

export interface RoundOptions {
  readonly seed: number;
  /** Begins the names of this round's customers. */
  readonly prefix: string;
  /** How long the recovery may take. */
  readonly limitMs?: number;
  /** Which passage of the point strikes, from 1; one that the seed chooses where it isn't said. */
  readonly passage?: number | undefined;
}

/** One round: armed, driven until the point strikes, started again, and compared when it is quiet. */
export const playRound = async (
  world: ChaosWorld,
  point: ChaosPoint,
  { seed, prefix, limitMs = SETTLE_LIMIT_MS, passage }: RoundOptions,
): Promise<RoundResult> => {
  const random = new Random(seed);
  const drawn = 1 + random.below(passagesOf(point.name));
  const watch = await world.arm(point, passage ?? drawn);
  const played: Played[] = [];
  const since = new Date();
  try {
    for (let wave = 0; wave < MOST_WAVES && !watch.struck; wave++) {
      const name = `${prefix}w${wave}`;
      const wishes = wishesOf(point.name, name, random);
      await give(world, name, wishes);
      played.push(
        ...(await Promise.all(wishes.map(async (wish) => ({ wish, told: await play(world, wish) })))),
      );
      await untilStruckOrDone(watch, limitMs, () => settled(world, played, { since }));
    }
  } finally {
    await watch.end();
  }
  const findings = await settled(world, played, { since, limitMs });
  return { struck: watch.struck, played, findings };
};

/** A point may lie behind the last answer: in a relay, a consumer, a look-up. */
const untilStruckOrDone = async (
  watch: { readonly struck: boolean },
  limitMs: number,
  look: () => Promise<readonly Finding[]>,
): Promise<void> => {
  const deadline = Date.now() + limitMs;
  while (!watch.struck && Date.now() < deadline) {
    const findings = await look();
    if (isFinal(findings)) return;
    await sleep(LOOK_MS);
  }
};

/** Waits until everything agrees; what doesn't within the limit is found. */
export const settled = async (
  world: ChaosWorld,
  played: readonly Played[],
  { since, limitMs = 0 }: { readonly since: Date; readonly limitMs?: number },
): Promise<readonly Finding[]> => {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const findings = await look(world, played, since);
    if (isFinal(findings) || Date.now() >= deadline) return findings;
    await sleep(LOOK_MS);
  }
};

/** What is doubled stays doubled; what is missing may yet come. */
const isFinal = (findings: readonly Finding[]): boolean =>
  findings.length === 0 || findings.some(({ kind }) => kind === 'doubled');

const look = async (
  world: ChaosWorld,
  played: readonly Played[],
  since: Date,
): Promise<readonly Finding[]> => {
  const books = await readCustomers(
    world,
    played.map(({ wish }) => wish.customer),
  );
  const open = await openQueues(world, since);
  const { id: connectionId } = world.stage.tenant.connection;
  return [
    ...open.map((what): Finding => ({ kind: 'different', customer: QUEUES, what })),
    ...played.flatMap(({ wish, told }) => {
      const mine = books.get(wish.customer);
      return mine === undefined ? [] : compareWish(wish, told, { books: mine, connectionId });
    }),
    ...(await compareTotals(world)),
  ];
};
