import { until } from '../demo/stage.js';
import { Audit } from './audit.js';
import { Journal } from './journal.js';
import { compareWithKafka } from './kafka-tally.js';
import { hasExpiringHolds } from './ledger-log.js';
import { Known } from './planner.js';
import { Phases } from './phases.js';
import { probeMemories } from './probes.js';
import { Random } from './random.js';
import { SoakClient } from './soak-client.js';
import { SoakWorld } from './soak-world.js';
import { compareTables } from './tables.js';
import { makeTrouble } from './trouble.js';

export interface SoakOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly onProgress: (line: string) => void;
}

export interface SoakReport {
  readonly differences: readonly string[];
  readonly counts: ReadonlyMap<string, number>;
}

const CLIENTS = 8;
const PROGRESS_MS = 10_000;
const SEED_STEP = 7_919;

/**
 * Random commands against two replicas that are killed, paused and cut off from their database meanwhile; at
 * the end the commands are applied to the model in the order of their events, and everything must be equal.
 */
export const soakLedger = async ({ seconds, seed, onProgress }: SoakOptions): Promise<SoakReport> => {
  const world = await SoakWorld.start(onProgress);
  try {
    const journal = new Journal((what) => onProgress(`DIFFERENT: ${what}`));
    await play(world, journal, { seconds, seed, onProgress });
    onProgress('comparing with the model, the tables and Kafka');
    await compare(world, journal);
    return journal;
  } finally {
    await world.stop();
  }
};

const play = async (world: SoakWorld, journal: Journal, options: SoakOptions): Promise<void> => {
  const { seconds, seed, onProgress } = options;
  const known = new Known();
  const phases = new Phases(seed);
  const clients = Array.from({ length: CLIENTS }, (_, index) => {
    const random = new Random(seed + index * SEED_STEP);
    return new SoakClient(world.door, journal, known, { random, name: `c${index}`, phases });
  });
  const stop = new AbortController();
  const startedAt = Date.now();
  const progress = setInterval(() => {
    const at = Math.round((Date.now() - startedAt) / 1000);
    onProgress(
      `${at} s: ${journal.calls.length} calls, ${known.last} transactions, ${differencesOf(journal)}`,
    );
  }, PROGRESS_MS);
  const trouble = makeTrouble(world.stack, new Random(seed - 1), journal, stop.signal);
  try {
    const deadline = startedAt + seconds * 1000;
    await Promise.race([Promise.all(clients.map((client) => client.run(deadline))), trouble.then(never)]);
  } finally {
    clearInterval(progress);
    stop.abort();
    await trouble;
  }
};

/** Trouble that ends in an error ends the soak; trouble that ends in order is waited for. */
const never = (): Promise<never> => new Promise(() => undefined);

const compare = async (world: SoakWorld, journal: Journal): Promise<void> => {
  journal.count('replicas that had ended by themselves', await world.revive());
  const store = await world.connect();
  try {
    await until('the end of all holds that expire', async () =>
      (await hasExpiringHolds(store.client, store.ledgerId)) ? undefined : true,
    );
    const model = await new Audit(journal, store.client, store.ledgerId).run();
    if (model !== undefined) {
      await probeMemories(world.door, model, journal);
      await compareTables(store.client, store.ledgerId, model, journal);
    }
    const { brokers } = world.stack.kafka;
    await compareWithKafka({ brokers, messageKey: world.messageKey }, store, journal);
  } finally {
    await store.client.end();
  }
  const found = await world.verify();
  if (found !== undefined) journal.differs(`The ledger's verification found something:\n${found}`);
};

const differencesOf = ({ differences }: Journal): string =>
  differences.length === 0 ? 'no difference' : `${differences.length} DIFFERENCES`;
