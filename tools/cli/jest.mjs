// Runs Jest for one project at one level: node tools/cli/jest.mjs <project folder> <unit|int|e2e> [jest options]
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const [project, level, ...rest] = process.argv.slice(2);
const root = join(import.meta.dirname, '../..');
const match = {
  unit: ['--testRegex', '^(?!.*\\.(int|e2e)\\.spec\\.ts$).*\\.spec\\.ts$', '--passWithNoTests'],
  int: ['--testRegex', '\\.int\\.spec\\.ts$', '--runInBand', '--passWithNoTests'],
  e2e: ['--testRegex', '\\.e2e\\.spec\\.ts$', '--runInBand'],
}[level];
const { status } = spawnSync(
  process.execPath,
  ['--experimental-vm-modules', '--no-warnings', join(root, 'node_modules/jest/bin/jest.js'),
    '-c', join(root, 'jest.config.mjs'), '--rootDir', join(root, project), ...match, ...rest],
  { stdio: 'inherit', cwd: root },
);
process.exit(status ?? 1);
