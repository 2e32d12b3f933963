import { describe, expect, it } from '@jest/globals';
import {
  allWishes,
  ChaosWorld,
  chaosPayments,
  CONTROLS,
  crashPointList,
  give,
  isGood,
  play,
  playControls,
  Random,
  registeredPoints,
  settled,
  UNREACHED,
} from '@defter/cli';

/** The short form of `./defter chaos`: another part of the points and of the bugs each day. */
const DAY = Math.floor(Date.now() / 86_400_000);
const POINTS = 5;
const BUGS = 2;

/** As many as asked for, from another place each day, so that all have their turn. */
const turnOf = <T>(all: readonly T[], count: number): readonly T[] =>
  Array.from({ length: Math.min(count, all.length) }, (_, index) => {
    const each = all[(DAY * count + index) % all.length];
    if (each === undefined) throw new Error('nothing to choose from');
    return each;
  });

describe('the players of chaos', () => {
  it('pass every crash point that a service registers, or it says why none does', async () => {
    const world = await ChaosWorld.start();
    try {
      const passed = await world.notePassages();
      const since = new Date();
      const wishes = allWishes('all', new Random(DAY));
      await give(world, 'all', wishes);
      const played = await Promise.all(wishes.map(async (wish) => ({ wish, told: await play(world, wish) })));
      expect(await settled(world, played, { since, limitMs: 60_000 })).toEqual([]);
      const registered = registeredPoints().map(({ name }) => name);
      const unreached = registered.filter((name) => !passed().includes(name));
      expect(unreached).toEqual(Object.keys(UNREACHED).sort());
    } finally {
      await world.stop();
    }
  }, 300_000);
});

describe('a crash at a named point in the ways of money', () => {
  it('leaves provider, payments and ledger with the same book', async () => {
    const points = turnOf(crashPointList(), POINTS);
    const tallies = await chaosPayments({ points, rounds: 1, seed: DAY });
    expect({ seed: DAY, bad: tallies.filter((tally) => !isGood(tally)) }).toEqual({ seed: DAY, bad: [] });
    expect(tallies.map(({ struck }) => struck)).toEqual(points.map(() => 1));
  }, 300_000);

  it('would be noticed if it did harm: bugs that are switched on are found', async () => {
    const results = await playControls(turnOf(CONTROLS, BUGS), DAY);
    const unnoticed = results.filter(({ findings }) => findings.length === 0).map(({ bug }) => bug);
    expect({ seed: DAY, unnoticed }).toEqual({ seed: DAY, unnoticed: [] });
  }, 300_000);
});
