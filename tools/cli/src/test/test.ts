import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { CHECKOUT, SetupError } from '@defter/embedded';
import { UsageError } from '../command.js';
import { addResults, forgetResults, type Outcome } from './jest-results.js';
import { interruptible } from './interruption.js';
import { withServerImages } from './server-images.js';
import { containerStep, stepsOf, type Part, type Step } from './steps.js';
import { withServers } from './test-servers.js';

const PARTS: readonly Part[] = ['checks', 'unit', 'int', 'e2e'];
/** What a shell says of a program that Ctrl-C has ended. */
const INTERRUPTED = 130;

/**
 * `./defter test [part]`: runs every step even after a failed one, so that one run tells everything. The last
 * line is `N passed, N failed`. With `--containers` the integration tests' servers are containers; then
 * projects can be named, for example `ledger reconciliation`.
 */
export async function test(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    ...{ args: [...args], allowPositionals: true },
    options: { containers: { type: 'boolean', default: false } },
  });
  const [wanted, ...projects] = positionals;
  if (values.containers) return inContainers([wanted, ...projects].filter((each) => each !== undefined));
  const part = PARTS.find((name) => name === wanted);
  if (wanted !== undefined && part === undefined) throw new UsageError(`one of: ${PARTS.join(', ')}`);
  if (projects.length > 0) throw new UsageError('projects are named with --containers only');
  return interruptible((stop) => runSteps(stepsOf(part), { env: {}, stop }));
}

async function inContainers(named: readonly string[]): Promise<number> {
  const projects = named.filter((name) => name !== 'int');
  const others = projects.filter((name) => PARTS.some((part) => part === name));
  if (others.length > 0) throw new UsageError(`--containers is for int, not for ${others.join(', ')}`);
  const steps = [[containerStep(projects)]];
  return interruptible((stop) =>
    withServerImages((env) => runSteps(steps, { env, stop })).catch((error: unknown) => {
      if (!stop.aborted) throw error;
      // Ctrl-C in a terminal ends the programs that make images, too; but what stays behind is to be known.
      console.error(error instanceof Error ? error.message : error);
      return INTERRUPTED;
    }),
  );
}

async function runSteps(groups: readonly (readonly Step[])[], run: Run): Promise<number> {
  const outcomes: StepOutcome[] = [];
  for (const group of groups) {
    if (run.stop.aborted) return INTERRUPTED;
    outcomes.push(...(await Promise.all(group.map((step) => runStep(step, run)))));
  }
  const code = summary(outcomes);
  return run.stop.aborted ? INTERRUPTED : code;
}

type Environment = Readonly<Record<string, string>>;

/** What all steps of a run share. */
interface Run {
  readonly env: Environment;
  /** Somebody wants the run to end. */
  readonly stop: AbortSignal;
}

interface StepOutcome extends Outcome {
  readonly name: string;
  readonly seconds: string;
}

async function runStep(step: Step, { env, stop }: Run): Promise<StepOutcome> {
  console.log(`\n=== ${step.name}: ${step.command.join(' ')}`);
  const startedAt = Date.now();
  if (step.results !== undefined) forgetResults(step.results);
  const run = (servers: Environment): Promise<boolean> =>
    succeeds(step, { env: { ...env, ...servers }, stop });
  const ok = await (step.servers === true ? withServers(run) : run({})).catch(failed);
  const counted = count(step, ok);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  console.log(`=== ${step.name}: ${counted.passed} passed, ${counted.failures.length} failed (${seconds} s)`);
  return { ...counted, name: step.name, seconds };
}

/** The servers for a step did not come up: the step failed, and the others still run. */
function failed(error: unknown): false {
  console.error(error instanceof SetupError ? error.message : error);
  return false;
}

/**
 * A program that failed while every report looks well (it crashed, or never started) is a failed test of its
 * own.
 */
function count(step: Step, ok: boolean): Outcome {
  const self = ok ? [] : [`${step.name}: ${step.command.join(' ')}`];
  if (step.results === undefined) return { passed: ok ? 1 : 0, failures: self };
  const { passed, failures } = addResults(step.results);
  if (failures.length === 0) failures.push(...self);
  // A pattern that matches nothing must not look like tests that pass.
  if (passed + failures.length === 0) failures.push(`${step.name}: no test ran`);
  return { passed, failures };
}

function succeeds({ command, quiet = false }: Step, { env, stop }: Run): Promise<boolean> {
  if (stop.aborted) return Promise.resolve(false);
  const [program, ...args] = command;
  const path = [join(CHECKOUT, 'node_modules/.bin'), process.env['PATH']].join(delimiter);
  const output = quiet ? 'pipe' : 'inherit';
  const child = spawn(program, args, {
    cwd: CHECKOUT,
    stdio: ['ignore', output, output],
    env: { ...process.env, PATH: path, NX_DAEMON: 'false', NX_TUI: 'false', ...env },
  });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => said.push(data));
  // It ends its own children, and we wait for it: their servers are still to be removed.
  const end = (): void => void child.kill('SIGTERM');
  stop.addEventListener('abort', end);
  return new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(`${program}: ${error.message}`);
      resolve(false);
    });
    child.once('close', (code) => {
      stop.removeEventListener('abort', end);
      if (code !== 0) process.stdout.write(Buffer.concat(said));
      resolve(code === 0);
    });
  });
}

function summary(outcomes: readonly StepOutcome[]): number {
  console.log('\n=== summary');
  for (const { name, passed, failures, seconds } of outcomes) {
    const [mark, failed] = [failures.length === 0 ? 'ok  ' : 'FAIL', `${failures.length}`];
    const numbers = `${`${passed}`.padStart(6)} passed ${failed.padStart(4)} failed`;
    console.log(`${mark} ${name.padEnd(14)}${numbers} ${seconds.padStart(8)} s`);
  }
  const failures = outcomes.flatMap((outcome) => outcome.failures);
  for (const failure of failures) console.log(`  failed: ${failure}`);
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
  console.log(`${passed} passed, ${failures.length} failed`);
  return failures.length === 0 ? 0 : 1;
}
