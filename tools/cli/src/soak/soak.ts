import { parseArgs } from 'node:util';
import { UsageError } from '../command.js';
import { soakLedger, type SoakReport } from './soak-ledger.js';

/**
 * `./defter soak ledger [--minutes 30] [--seed n]`: random commands against two replicas under kills,
 * compared
 * with a model. Exit codes: 0 everything is equal, 1 a difference, 2 wrong use.
 */
export const run = async (args: readonly string[]): Promise<number> => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { minutes: { type: 'string', default: '30' }, seed: { type: 'string' } },
  });
  if (positionals.join() !== 'ledger') throw new UsageError('soak what? There is: ledger');
  if (!/^\d{1,4}(\.\d+)?$/.test(values.minutes)) throw new UsageError('--minutes must be a number');
  if (!/^\d{1,9}$/.test(values.seed ?? '0')) throw new UsageError('--seed must be a whole number');
  const seed = parseInt(values.seed ?? `${Date.now() % 1_000_000}`, 10);
  const seconds = Math.round(parseFloat(values.minutes) * 60);
  console.log(`Soaking for ${values.minutes} min with seed ${seed}`);
  const report = await soakLedger({ seconds, seed, onProgress: (line) => console.log(`… ${line}`) });
  print(report);
  return report.differences.length === 0 ? 0 : 1;
};

const print = ({ counts, differences }: SoakReport): void => {
  for (const [what, times] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    console.log(`${times.toLocaleString('en').padStart(10)}  ${what}`);
  }
  for (const difference of differences) console.log(`DIFFERENT: ${difference}`);
  console.log(differences.length === 0 ? 'Everything is equal.' : `${differences.length} differences.`);
};
