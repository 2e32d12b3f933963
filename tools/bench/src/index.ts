import { parseArgs } from 'node:util';
import { type Figure, printTable } from './figure.js';
import { benchLedger, USUAL } from './ledger/ledger-bench.js';
import { benchLists } from './ledger/lists-bench.js';
import { benchReconciliation } from './reconciliation/reconciliation-bench.js';
import { benchWebhooks } from './webhooks/webhooks-bench.js';

type Bench = (
  scale: { seconds: number; transactions: number; lines: number; seeds: number },
  say: (line: string) => void,
) => Promise<Figure[]>;

const BENCHES: Readonly<Record<string, Bench>> = {
  ledger: benchLedger,
  lists: benchLists,
  reconciliation: benchReconciliation,
  webhooks: benchWebhooks,
};

/**
 * `./defter bench <what> [--seconds n] [--transactions n] [--lines n] [--seeds n] [--json]`;
 * `--transactions` is the size for lists, `--lines` for reconciliation, whose accuracy `--seeds` measures.
 * The exit code is 0 when it ran, whatever the figures are.
 */
export const run = async (args: readonly string[]): Promise<number> => {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      seconds: { type: 'string' },
      transactions: { type: 'string', default: '1000000' },
      lines: { type: 'string', default: '1000000' },
      seeds: { type: 'string', default: '0' },
    },
  });
  const [what = ''] = positionals;
  const bench = Object.hasOwn(BENCHES, what) ? BENCHES[what] : undefined;
  const seconds = values.seconds === undefined ? USUAL.seconds : parseInt(values.seconds, 10);
  const transactions = parseInt(values.transactions, 10);
  const lines = parseInt(values.lines, 10);
  const seeds = parseInt(values.seeds, 10);
  if (bench === undefined || !(seconds > 0) || !(transactions > 0) || !(lines > 0) || !(seeds >= 0)) {
    const what = Object.keys(BENCHES).join('|');
    console.error(
      `Usage: ./defter bench <${what}> [--seconds n] [--transactions n] [--lines n] [--seeds n] [--json]`,
    );
    return 2;
  }
  const figures = await bench({ seconds, transactions, lines, seeds }, (line) =>
    process.stderr.write(`… ${line}\n`),
  );
  if (values.json) console.log(JSON.stringify({ figures }));
  else printTable(figures);
  return 0;
};
