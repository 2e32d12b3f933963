import { linesMatching, type Rule } from '../rule.js';

const isTypeScript = (path: string): boolean => path.endsWith('.ts');
const isService = (path: string): boolean => isTypeScript(path) && /^(?:apps|libs)\//.test(path);
const isTestCode = (path: string): boolean =>
  /^libs\/testing\/|\/src\/testing\/|\.(?:spec|fixture)\.ts$/.test(path);

/** A rule that refuses lines: its name, the lines, where, and what to do instead. */
const refused = (
  name: string,
  pattern: RegExp,
  applies: (path: string) => boolean,
  message: string,
): Rule => ({
  name,
  applies,
  check: (file) => linesMatching(file, pattern, message),
});

const anyOf = (flags: '' | 'i', ...patterns: readonly RegExp[]): RegExp =>
  new RegExp(patterns.map(({ source }) => source).join('|'), flags);

/** Places that belong to a machine, not to the project; written so that this file does not match itself. */
const REGISTRY = anyOf(
  'i',
  /registry\.npmjs\.|\bpypi\.(?:org|python)|repo1?\.maven\./,
  /proxy\.golang\.|\bgcr\.io\b|deb\.debian\.|artifac[t]ory/,
  /"resolved": "https?:/,
);
const MACHINE_PATH = /(?<![\w.~}*/-])\/(?:work|root|home)\//;

const SKIPPED = anyOf(
  '',
  /\b(?:it|test|describe)(?:\.each|\.concurrent)?\.(?:skip|only|todo|failing)\b/,
  /\b(?:xit|xtest|xdescribe|fit|fdescribe)\(/,
);

/** A bench is a program of its own: what it measures goes to its output. */
const isRunning = (path: string): boolean => isService(path) && !path.endsWith('.bench.ts');

/** Reading the environment elsewhere would make a setting that --print-config and the docs don't know. */
const readsEnvironment = (path: string): boolean =>
  isRunning(path) && !isTestCode(path) && !/\/config\.ts$|^libs\/platform\/src\/service\//.test(path);

export const contentRules: readonly Rule[] = [
  refused('registry-host', REGISTRY, () => true, 'a package registry is named by the machine, not by a file'),
  refused('machine-path', MACHINE_PATH, () => true, 'an absolute path of one machine'),
  refused('unfinished', /\b(?:TO[D]O|FIX[M]E)\b/, () => true, 'finish it, or open an issue'),
  refused('skipped-test', SKIPPED, isTypeScript, 'a test that does not run, or keeps others from running'),
  refused('export-star', /^\s*export \*/, isTypeScript, 'name what is exported'),
  refused('console', /\bconsole\.\w+\(/, isRunning, 'use the Logger'),
  refused('environment', /\bprocess\.env\b/, readsEnvironment, 'read it in config.ts'),
  refused(
    'lint-exception',
    /(?:\/\/|\/\*)\s*eslint-dis[a]ble(?!-next-line [@\w/, -]+ -- \S.{9,})/,
    isTypeScript,
    'an exception covers the next line only, names its rule and says why after --',
  ),
  refused('type-exception', /@ts-(?:ignore|nocheck)\b/, isTypeScript, 'use a type that fits'),
];
