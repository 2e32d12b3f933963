// What `./defter test` runs, in order, as data. CI runs the same.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT } from '@defter/embedded';

/** A part of the whole that can be asked for: `./defter test int`. */
export type Part = 'checks' | 'unit' | 'int' | 'e2e';

/** One heading of the test run. */
export interface Step {
  readonly name: string;
  readonly part: Part;
  /** A program of node_modules/.bin (or the PATH) with its arguments. */
  readonly command: readonly [program: string, ...args: string[]];
  /** Jest levels whose result files hold the numbers; without it the step itself counts as one test. */
  readonly results?: 'unit' | 'int' | 'e2e';
  /** Needs one PostgreSQL and one Kafka, given as DATABASE_ADMIN_URL and KAFKA_BROKERS. */
  readonly servers?: boolean;
}

const PROTO = 'libs/ledger/contracts/proto';
const nx = (...args: string[]): [string, ...string[]] => ['nx', ...args, '--output-style=stream'];

/** All steps, or those of one part. */
export function stepsOf(part: Part | undefined): Step[] {
  return STEPS.filter((step) => part === undefined || step.part === part);
}

const STEPS: readonly Step[] = [
  // Installed and built by the shell script before us; this says whether what is there is what the lock file names.
  { name: 'install', part: 'checks', command: ['npm', 'ls', '--all', '--silent'] },
  { name: 'format', part: 'checks', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
  { name: 'typecheck', part: 'checks', command: ['tsc', '-p', 'tsconfig.json'] },
  { name: 'lint', part: 'checks', command: nx('run-many', '-t', 'lint', '--parallel=2') },
  { name: 'deps', part: 'checks', command: nx('run-many', '-t', 'deps') },
  { name: 'tidy', part: 'checks', command: nx('run-many', '-t', 'tidy') },
  { name: 'canaries', part: 'checks', command: nx('run-many', '-t', 'canaries') },
  ...protoLint(),
  { name: 'unit', part: 'unit', command: nx('run-many', '-t', 'test', '--parallel=2'), results: 'unit' },
  {
    name: 'integration',
    part: 'int',
    command: nx('run-many', '-t', 'int', '--parallel=1'),
    results: 'int',
    servers: true,
  },
  { name: 'e2e', part: 'e2e', command: nx('run', 'e2e:e2e'), results: 'e2e' },
];

function protoLint(): Step[] {
  if (!existsSync(join(CHECKOUT, PROTO))) return [];
  return [{ name: 'proto', part: 'checks', command: ['buf', 'lint', PROTO] }];
}
