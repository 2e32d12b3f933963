import { parseArgs } from 'node:util';
import { type Figure, printTable } from './figure.js';
import { benchLedger, USUAL } from './ledger/ledger-bench.js';

type Bench = (scale: { seconds: number }, say: (line: string) => void) => Promise<Figure[]>;

const BENCHES: Readonly<Record<string, Bench>> = { ledger: benchLedger };

/** `./defter bench <what> [--seconds n] [--json]`; exit code 0 when it ran, whatever the figures are. */
export const run = async (args: readonly string[]): Promise<number> => {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false }, seconds: { type: 'string' } },
  });
  const [what = ''] = positionals;
  const bench = Object.hasOwn(BENCHES, what) ? BENCHES[what] : undefined;
  const seconds = values.seconds === undefined ? USUAL.seconds : parseInt(values.seconds, 10);
  if (bench === undefined || !(seconds > 0)) {
    console.error(`Usage: ./defter bench <${Object.keys(BENCHES).join('|')}> [--seconds n] [--json]`);
    return 2;
  }
  const figures = await bench({ seconds }, (line) => process.stderr.write(`… ${line}\n`));
  if (values.json) console.log(JSON.stringify({ figures }));
  else printTable(figures);
  return 0;
};
