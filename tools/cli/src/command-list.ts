import { SetupError } from '@defter/embedded';
import type { Command } from './command.js';
import { down } from './down.js';
import { logs } from './logs.js';
import { psql } from './psql.js';
import { status } from './status.js';
import { test } from './test/test.js';
import { up } from './up.js';
import { verify } from './verify.js';

/** A module that a command is handed to; loaded only then, so that a broken one hurts nobody else. */
interface Handler {
  readonly run: (args: readonly string[]) => Promise<number>;
}

const lazily =
  (what: string, specifier: string) =>
  async (args: readonly string[]): Promise<number> => {
    const handler = (await import(specifier)) as Partial<Handler>;
    if (handler.run === undefined) throw new SetupError(`This checkout has no ${what}`, 'See ./defter help');
    return handler.run(args);
  };

const JOB_DETAILS = [
  '',
  './defter job             lists the jobs, with the date that each one is about; it needs a running stack',
  '--date 2026-11-26        about this date; without it reports are about yesterday, slo-report about the',
  '                         last whole week',
  '--tenant-id <id>         for this tenant only; without it for every tenant, and each line says for whom',
  '--again                  also when it was done for the date already',
  '--json                   the runs as JSON, for programs; no pages are kept',
  '',
  'A report is kept by the service, once per tenant and date. Its page is put into',
  '.defter/reports/<tenant>/, its mail into .defter/mail/; what is said names both, and the path on the API.',
  '',
  'Exit codes: 0 done, whatever was found; 1 it found what must not be (exemption-check); 2 it could not',
  'look; 64 wrong use; 75 it is under way elsewhere, ask again later.',
];

export const COMMANDS: readonly Command[] = [
  {
    name: 'up',
    usage: './defter up [--detach] [--kafka-users]',
    summary: 'start PostgreSQL, Kafka and all services; Ctrl-C stops them',
    run: up,
  },
  { name: 'down', usage: './defter down', summary: 'stop what runs in the background', run: down },
  {
    name: 'status',
    usage: './defter status [--json]',
    summary: 'what runs where, and the log-ins',
    run: status,
  },
  {
    name: 'demo',
    usage: './defter demo',
    summary: 'play the main job on the running stack and check the books',
    run: lazily('demo', new URL('./demo/demo.js', import.meta.url).href),
  },
  {
    name: 'test',
    usage: './defter test [checks|unit|int|e2e] [--containers [project …]]',
    summary: 'everything that CI runs, or a part of it; int also with servers in containers',
    run: test,
  },
  {
    name: 'exemptions',
    usage: './defter exemptions [--on <date>] [--file <path>]',
    summary: 'which exemptions from rules there are; 1 when one is overdue',
    run: lazily('exemptions', new URL('./exemptions.js', import.meta.url).href),
  },
  {
    name: 'bench',
    usage: './defter bench <what> [--seconds n] [--transactions n] [--lines n] [--seeds n] [--json]',
    summary: 'measure, for example: ./defter bench ledger',
    run: lazily('bench', '@defter/bench'),
  },
  {
    name: 'seed',
    usage: './defter seed ledger [--transactions n] [--accounts n] [--name <ledger>] [--seed n] [--publish]',
    summary: 'fill a new ledger, for example with 10000000 transactions',
    run: lazily('seed', new URL('./seed.js', import.meta.url).href),
  },
  {
    name: 'soak',
    usage: './defter soak ledger [--minutes 30] [--seed n]',
    summary: 'random commands under kills, compared with a model; exit code 1 on any difference',
    run: lazily('soak', new URL('./soak/soak.js', import.meta.url).href),
  },
  {
    name: 'chaos',
    usage:
      './defter chaos payments|controls [--rounds 10] [--points a,b] [--seed n] [--lanes 2] [--minutes n]',
    summary: 'crash at named points, compare the books; exit code 1 on any difference',
    run: lazily('chaos', new URL('./chaos/chaos.js', import.meta.url).href),
  },
  {
    name: 'verify',
    usage: './defter verify [--ledger <name>] [--tenant-id <id>] [--checkpoint <file>] [--json]',
    summary: 'recompute a ledger from its rows; exit code 1 when anything was changed',
    run: verify,
  },
  {
    name: 'rebuild',
    usage:
      './defter rebuild [--ledger <name>] [--tenant-id <id>] [--projection <name>] ' +
      '[--apply [--accept-differences]] [--restart] [--json]',
    summary: "make a ledger's balances and lists anew from its events, and compare",
    run: lazily('rebuild', new URL('./rebuild.js', import.meta.url).href),
  },
  {
    name: 'job',
    usage: './defter job <name> [--date 2026-11-26] [--tenant-id <id>] [--again] [--json]',
    summary: 'reports, the full scan, what is stuck; without a name it lists them',
    details: JOB_DETAILS,
    run: lazily('job', new URL('./jobs/job-command.js', import.meta.url).href),
  },
  {
    name: 'backfill',
    usage:
      './defter backfill --tenant-id <id> --ledger <name> --file <csv> [--dry-run] [--force] [--url <url>]',
    summary: 'book the opening balances of an old source',
    run: lazily('backfill', new URL('./backfill/backfill-command.js', import.meta.url).href),
  },
  {
    name: 'new',
    usage: './defter new provider <name>',
    summary: 'a project for a provider, with the tests that it has to pass',
    run: lazily('new', new URL('./scaffold/new-command.js', import.meta.url).href),
  },
  {
    name: 'images',
    usage: './defter images [service …]',
    summary: "make container images, and a file of their digests for the chart's values",
    run: lazily('images', new URL('./images.js', import.meta.url).href),
  },
  {
    name: 'cluster',
    usage: './defter cluster up|test [--node] | down | enter [command] | generate',
    summary: 'a real Kubernetes here, with --node also pods; test installs the chart on it and looks',
    run: lazily('cluster', new URL('./cluster/cluster-command.js', import.meta.url).href),
  },
  { name: 'logs', usage: './defter logs [service] [-f]', summary: 'the last lines of the logs', run: logs },
  {
    name: 'psql',
    usage: './defter psql <database> [-c sql]',
    summary: "look into a service's database",
    run: psql,
  },
];

/** Where summaries begin; a longer usage has its summary on a line of its own. */
const COLUMN = 38;

/** All that `--help` says of one command. */
export const helpLines = (command: Command): string[] => [
  ...usageLines(command),
  ...(command.details ?? []).map((line) => (line === '' ? '' : `  ${line}`)),
];

/** How a command is used and what it does, for people. */
export const usageLines = ({ usage, summary }: Command): string[] =>
  usage.length < COLUMN
    ? [`  ${usage.padEnd(COLUMN)}${summary}`]
    : [`  ${usage}`, `  ${' '.repeat(COLUMN)}${summary}`];

/** Prints what there is. */
export function help(): void {
  console.log('Defter: a double-entry ledger and the payment services around it.\n');
  for (const line of COMMANDS.flatMap(usageLines)) console.log(line);
  console.log('\nPorts can be shifted with DEFTER_PORT_OFFSET=1000; data, logs and state are in .defter/.');
}
