// What `./defter test` runs, in order, as data. CI runs the same.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isInstalled } from '@defter/cluster';
import { CHECKOUT } from '@defter/embedded';
import type { Reports } from './jest-results.js';

/** A part of the whole that can be asked for: `./defter test int`. */
export type Part = 'checks' | 'unit' | 'int' | 'e2e';

/** One heading of the test run. */
export interface Step {
  readonly name: string;
  readonly part: Part;
  /** A program of node_modules/.bin (or the PATH) with its arguments. */
  readonly command: readonly [program: string, ...args: string[]];
  /** Its Jest reports; without any the step itself counts as one test. */
  readonly results?: Reports;
  /** Shown only when it fails: a program that says a lot when all is well. */
  readonly quiet?: boolean;
  /** Needs one PostgreSQL and one Kafka, given as DATABASE_ADMIN_URL and KAFKA_BROKERS. */
  readonly servers?: boolean;
  /** Runs beside the step after it: each waits more than it computes, and has servers of its own. */
  readonly besideNext?: boolean;
}

const PROTO = 'libs/ledger/contracts/proto';
/** The protobuf files as they were released last: what is there must stay readable. */
const LANDED_PROTO = 'libs/ledger/contracts/landed';
const nx = (...args: string[]): [string, ...string[]] => ['nx', ...args, '--output-style=stream'];
/** Folders of projects that take about as long as all the others together. */
const ONE_LANE = ['apps/ledger', 'apps/webhook-ingress', 'libs/platform'];
const int = (which: '--projects' | '--exclude', folders: readonly string[]) =>
  nx('run-many', '-t', 'int', '--parallel=1', `${which}=${folders.join(',')}`);
const workspace = (target: string): [string, ...string[]] => nx('run', `workspace:${target}`);

/** All steps, or those of one part; those that run side by side together. */
export function stepsOf(part: Part | undefined): Step[][] {
  const groups: Step[][] = [];
  let open: Step[] = [];
  for (const step of STEPS.filter((each) => part === undefined || each.part === part)) {
    open.push(step);
    if (step.besideNext === true) continue;
    groups.push(open);
    open = [];
  }
  return groups;
}

/**
 * The integration tests, of these projects or of all. What Nx remembers was run on other servers, so that it
 * counts for nothing.
 */
export const containerStep = (projects: readonly string[]): Step => ({
  name: 'containers',
  part: 'int',
  command: nx(
    ...['run-many', '-t', 'int', '--parallel=1', '--skip-nx-cache'],
    ...(projects.length > 0 ? [`--projects=${projects.join(',')}`] : []),
  ),
  results: { level: 'int' },
  servers: true,
});

const STEPS: readonly Step[] = [
  // Installed and built by the shell script before us; this says whether what is there is what the lock file
  // names.
  { name: 'install', part: 'checks', command: ['npm', 'ls', '--all'], quiet: true },
  { name: 'format', part: 'checks', command: workspace('format') },
  { name: 'typecheck', part: 'checks', command: workspace('typecheck') },
  { name: 'lint', part: 'checks', command: nx('run-many', '-t', 'lint', '--parallel=2') },
  { name: 'deps', part: 'checks', command: workspace('deps') },
  { name: 'tidy', part: 'checks', command: workspace('tidy') },
  {
    name: 'canaries',
    part: 'checks',
    command: workspace('canaries'),
    results: { level: 'int', only: ['tools/tidy'] },
  },
  {
    name: 'exemptions',
    part: 'checks',
    command: ['node', 'tools/cli/dist/main.js', 'exemptions'],
    quiet: true,
  },
  ...protoLint(),
  {
    ...{ name: 'unit', part: 'unit', results: { level: 'unit' } },
    command: nx('run-many', '-t', 'test', '--parallel=2'),
  },
  {
    ...{ name: 'integration 1', part: 'int', servers: true, besideNext: true },
    ...{ results: { level: 'int', only: ONE_LANE }, command: int('--projects', ONE_LANE) },
  },
  {
    ...{ name: 'integration 2', part: 'int', servers: true },
    ...{ results: { level: 'int', without: ONE_LANE }, command: int('--exclude', ONE_LANE) },
  },
  {
    ...{ name: 'e2e', part: 'e2e', results: { level: 'e2e' } },
    command: nx('run', 'e2e:e2e'),
  },
  ...cluster(),
];

/** Only where Kubernetes is there already: building it takes longer than all other tests. ADR 0026. */
function cluster(): Step[] {
  if (!isInstalled()) return [];
  return [{ name: 'cluster', part: 'e2e', command: ['node', 'tools/cli/dist/main.js', 'cluster', 'test'] }];
}

function protoLint(): Step[] {
  if (!existsSync(join(CHECKOUT, PROTO))) return [];
  return [
    { name: 'proto', part: 'checks', command: ['buf', 'lint', PROTO] },
    {
      name: 'proto compatibility',
      part: 'checks',
      command: ['buf', 'breaking', PROTO, '--against', LANDED_PROTO],
    },
  ];
}
