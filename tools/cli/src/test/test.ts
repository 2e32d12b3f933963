import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { CHECKOUT } from '@defter/embedded';
import { UsageError } from '../command.js';
import { addResults, forgetResults, type Tally } from './jest-results.js';
import { stepsOf, type Part, type Step } from './steps.js';
import { withServers } from './test-servers.js';

const PARTS: readonly Part[] = ['checks', 'unit', 'int', 'e2e'];

/**
 * `./defter test [part]`: runs every step even after a failed one, so that one run tells everything. The last line is
 * `N passed, N failed`.
 */
export async function test(args: readonly string[]): Promise<number> {
  const [wanted] = args;
  const part = PARTS.find((name) => name === wanted);
  if (wanted !== undefined && part === undefined) throw new UsageError(`one of: ${PARTS.join(', ')}`);
  const outcomes: Outcome[] = [];
  for (const step of stepsOf(part)) outcomes.push(await runStep(step));
  return summary(outcomes);
}

interface Outcome extends Tally {
  readonly name: string;
  readonly seconds: string;
  readonly failures: readonly string[];
}

async function runStep(step: Step): Promise<Outcome> {
  console.log(`\n=== ${step.name}: ${step.command.join(' ')}`);
  const startedAt = Date.now();
  if (step.results !== undefined) forgetResults(step.results);
  const run = (env: Readonly<Record<string, string>>): Promise<boolean> => succeeds(step.command, env);
  const ok = step.servers === true ? await withServers(run) : await run({});
  const counted = count(step, ok);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  console.log(`=== ${step.name}: ${counted.passed} passed, ${counted.failed} failed (${seconds} s)`);
  return { ...counted, name: step.name, seconds };
}

/** A program that failed while every report looks well (it crashed, or never started) is a failed test of its own. */
function count(step: Step, ok: boolean): Tally & { readonly failures: string[] } {
  const self = ok ? [] : [`${step.name}: ${step.command.join(' ')}`];
  if (step.results === undefined) return { passed: ok ? 1 : 0, failed: self.length, failures: self };
  const tests = addResults(step.results);
  return tests.failed > 0 ? tests : { passed: tests.passed, failed: self.length, failures: self };
}

function succeeds(
  [program, ...args]: Step['command'],
  env: Readonly<Record<string, string>>,
): Promise<boolean> {
  const path = [join(CHECKOUT, 'node_modules/.bin'), process.env['PATH']].join(delimiter);
  const child = spawn(program, args, {
    cwd: CHECKOUT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PATH: path, NX_DAEMON: 'false', NX_TUI: 'false', ...env },
  });
  return new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(`${program}: ${error.message}`);
      resolve(false);
    });
    child.once('exit', (code) => {
      resolve(code === 0);
    });
  });
}

function summary(outcomes: readonly Outcome[]): number {
  console.log('\n=== summary');
  for (const { name, passed, failed, seconds } of outcomes) {
    const mark = failed === 0 ? 'ok  ' : 'FAIL';
    console.log(
      `${mark} ${name.padEnd(14)}${`${passed}`.padStart(6)} passed ${`${failed}`.padStart(4)} failed ${seconds.padStart(8)} s`,
    );
  }
  const failures = outcomes.flatMap((outcome) => outcome.failures);
  for (const failure of failures) console.log(`  failed: ${failure}`);
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
  console.log(`${passed} passed, ${failures.length} failed`);
  return failures.length === 0 && passed > 0 ? 0 : 1;
}
