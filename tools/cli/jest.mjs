// Runs Jest for one project at one level:
//   node tools/cli/jest.mjs <project folder> <unit|int|e2e> [jest options]
// A whole run leaves its numbers in .defter/test-results/, an output that Nx caches, so that ./defter test
// can add them up.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

const [project, level, ...rest] = process.argv.slice(2);
const root = join(import.meta.dirname, '../..');
const match = {
  unit: ['--testRegex', '^(?!.*\\.(int|e2e)\\.spec\\.ts$).*\\.spec\\.ts$', '--passWithNoTests'],
  int: ['--testRegex', '\\.int\\.spec\\.ts$', '--runInBand', '--passWithNoTests'],
  e2e: ['--testRegex', '\\.e2e\\.spec\\.ts$', '--runInBand'],
}[level];
const outputFile = join(root, '.defter/test-results', project, `${level}.json`);
// A leak fails its test file (jest-environment.mjs); what leaked must not hold up the whole run as well.
const results = rest.length > 0 ? [] : ['--forceExit', '--json', '--outputFile', outputFile];
if (results.length > 0) {
  mkdirSync(dirname(outputFile), { recursive: true });
  rmSync(outputFile, { force: true });
}
const { status } = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--no-warnings',
    join(root, 'node_modules/jest/bin/jest.js'),
    '-c',
    join(root, 'jest.config.mjs'),
    '--rootDir',
    join(root, project),
    ...match,
    ...results,
    ...rest,
  ],
  { stdio: ['inherit', results.length > 0 ? 'ignore' : 'inherit', 'inherit'], cwd: root },
);
process.exit(status ?? 1);
