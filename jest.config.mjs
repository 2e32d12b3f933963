// One Jest configuration for every project; tools/cli/jest.mjs chooses the project and the level.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
const root = import.meta.dirname;

const { paths } = JSON.parse(readFileSync(join(root, 'tsconfig.base.json'), 'utf8')).compilerOptions;
const workspace = Object.fromEntries(
  Object.entries(paths).map(([name, [file]]) => [`^${name}$`, join(root, file)]),
);
const swc = JSON.parse(readFileSync(join(root, '.swcrc'), 'utf8'));
delete swc.$schema;

export default {
  testEnvironment: join(root, 'tools/cli/jest-environment.mjs'),
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { ...workspace, '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['@swc/jest', { ...swc, swcrc: false }] },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  testTimeout: 60_000,
};
