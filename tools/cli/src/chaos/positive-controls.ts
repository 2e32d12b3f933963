import { Random } from '../soak/random.js';
import { type Bug, ChaosWorld } from './chaos-world.js';
import { type ChaosPoint, crashPointList } from './crash-point-list.js';
import type { Finding } from './findings.js';
import { compareWithKafka } from './published.read.js';
import { playRound, QUEUES } from './round.js';

/** A bug of a laboratory build with the point that brings it out. */
export interface Control extends Bug {
  readonly point: string;
  /** Where the bug does harm only later than at the first passages. */
  readonly passage?: number;
}

/** The menu: each of these must be found, or finding nothing means nothing. */
export const CONTROLS: readonly Control[] = [
  { victim: 'payments', name: 'resend-without-look-up', point: 'payments/operation.after-call' },
  { victim: 'payments', name: 'answer-overwrites', point: 'payments/webhook.after-observe' },
  { victim: 'payments', name: 'booking-key-per-publication', point: 'payments/outbox.after-send' },
  { victim: 'payments', name: 'mark-before-send', point: 'payments/outbox.after-mark' },
  { victim: 'payments', name: 'part-before-note', point: 'payments/debt.before-commit' },
  // By then the batches before are answered, and wait to be committed.
  { victim: 'ledger', name: 'offset-before-commit', point: 'ledger/command.after-apply', passage: 6 },
  {
    victim: 'webhook-ingress',
    name: 'acknowledge-before-insert',
    point: 'webhook-ingress/inbox.after-insert',
  },
];

export interface ControlResult {
  readonly bug: string;
  /** Rounds that it took. */
  readonly rounds: number;
  /** Empty when the bug got through. */
  readonly findings: readonly Finding[];
}

/** A crash may come at a moment at which the bug does no harm. */
const MOST_ROUNDS = 8;
/** A right build recovers within it, see the crash points' own test. */
const LIMIT_MS = 8_000;

/** Plays rounds with each bug until it is found. */
export const playControls = async (
  controls: readonly Control[],
  seed: number,
  say: (line: string) => void = () => undefined,
): Promise<readonly ControlResult[]> => {
  const points = crashPointList();
  const world = await ChaosWorld.start();
  const results: ControlResult[] = [];
  try {
    for (const [index, control] of controls.entries()) {
      const point = points.find(({ name }) => name === control.point);
      if (point === undefined) throw new Error(`There is no crash point ${control.point}`);
      const result = await playControl(world, control, { point, random: new Random(seed + index), index });
      say(`${result.bug}: ${result.rounds} rounds, ${textOf(result.findings[0])}`);
      results.push(result);
    }
  } finally {
    await world.stop();
  }
  return results;
};

const textOf = (finding: Finding | undefined): string =>
  finding === undefined ? 'NOT FOUND' : `${finding.kind}: ${finding.what}`;

const playControl = async (
  world: ChaosWorld,
  control: Control,
  { point, random, index }: { readonly point: ChaosPoint; readonly random: Random; readonly index: number },
): Promise<ControlResult> => {
  // What the bug before lost stays lost in this world; it says nothing about this one.
  const old = new Set((await compareWithKafka(world)).map(textOf));
  world.infect(control);
  for (let rounds = 1; ; rounds++) {
    const { passage } = control;
    const round = { seed: random.below(2 ** 30), prefix: `b${index}r${rounds}`, limitMs: LIMIT_MS, passage };
    const all = [...(await playRound(world, point, round)).findings, ...(await compareWithKafka(world))];
    // Something that waits isn't proof enough; a book has to be wrong.
    const findings = all.filter((each) => each.customer !== QUEUES && !old.has(textOf(each)));
    if (findings.length === 0 && rounds < MOST_ROUNDS) continue;
    world.infect(undefined);
    await world.restart(control.victim, {});
    return { bug: control.name, rounds, findings };
  }
};
