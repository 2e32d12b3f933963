import { parseArgs } from 'node:util';
import { UsageError } from '../command.js';
import { chaosPayments, isGood, lineOf, TABLE_HEAD, type Tally } from './chaos-payments.js';
import { type ChaosPoint, crashPointList } from './crash-point-list.js';
import { CONTROLS, playControls } from './positive-controls.js';

/**
 * `./defter chaos payments [--rounds 10] [--points a,b] [--seed n] [--lanes 2] [--minutes n]`: crash points
 * with real processes. `./defter chaos controls [--seed n]`: the bugs that it must find.
 * Exit codes: 0 every book agrees, 1 a difference or a point that never struck, 2 wrong use.
 */
export const run = async (args: readonly string[]): Promise<number> => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '10' },
      points: { type: 'string' },
      seed: { type: 'string', default: `${Date.now() % 1_000_000}` },
      lanes: { type: 'string', default: '2' },
      minutes: { type: 'string', default: '600' },
    },
  });
  const [rounds, seed] = [wholeNumber(values.rounds), wholeNumber(values.seed)];
  const [lanes, minutes] = [wholeNumber(values.lanes), wholeNumber(values.minutes)];
  const what = positionals.join();
  if (what === 'controls') return runControls(seed);
  if (what !== 'payments') throw new UsageError('chaos in what? There are: payments, controls');
  const points = chosen(crashPointList(), values.points);
  const startedAt = Date.now();
  console.log(`${points.length} crash points, ${rounds} rounds each, seed ${seed}`);
  const onProgress = (line: string): void => console.log(line);
  const tallies = await chaosPayments({ points, rounds, seed, lanes, minutes, onProgress });
  print(tallies, Math.round((Date.now() - startedAt) / 1000));
  return tallies.every(isGood) ? 0 : 1;
};

const runControls = async (seed: number): Promise<number> => {
  console.log(`${CONTROLS.length} bugs that must be found, seed ${seed}`);
  const results = await playControls(CONTROLS, seed, (line) => console.log(line));
  return results.every(({ findings }) => findings.length > 0) ? 0 : 1;
};

const wholeNumber = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`${text} is no whole number`);
  return parseInt(text, 10);
};

const chosen = (all: readonly ChaosPoint[], names: string | undefined): readonly ChaosPoint[] => {
  if (names === undefined) return all;
  return names.split(',').map((name) => {
    const point = all.find((each) => each.name === name);
    if (point !== undefined) return point;
    throw new UsageError(`There is no crash point ${name}; there is ${all.map((each) => each.name).join()}`);
  });
};

const print = (tallies: readonly Tally[], seconds: number): void => {
  console.log(['', ...TABLE_HEAD, ...tallies.map(lineOf), ''].join('\n'));
  for (const { point, findings } of tallies)
    for (const finding of findings) console.log(`FOUND at ${point}: ${finding}`);
  const struck = tallies.reduce((sum, tally) => sum + tally.struck, 0);
  const bad = tallies.filter((tally) => !isGood(tally)).length;
  console.log(
    `${struck} crashes in ${seconds} s; ${bad === 0 ? 'every book agrees' : `${bad} points are bad`}.`,
  );
};
