import { beforeAll, describe, expect, it } from '@jest/globals';
import { lintSamples } from '../testing/lint-samples.js';

const MONEY = 'libs/kernel/src/money.ts';
const DOMAIN = 'libs/ledger/domain/src/index.ts';
const SERVICE = 'apps/ledger/src/main.ts';
const PLATFORM = 'libs/platform/src/index.ts';

const LONG = `export const long = (): number => {
  let n = 0;
${'  n -= 1;\n'.repeat(60)}  return n;
};`;
const BRANCHY = `export const f = (n: number): number => {
${'  if (n > 0) return n;\n'.repeat(10)}  return 0;
};`;

/** What, as whose content, the text, and the rule that must say so. */
const refused: readonly (readonly [name: string, path: string, text: string, rule: string])[] = [
  ['any', MONEY, 'export const f = (x: any): string => String(x);', '@typescript-eslint/no-explicit-any'],
  [
    'a value of type any',
    MONEY,
    'export const f = (): number => JSON.parse("1");',
    '@typescript-eslint/no-unsafe-return',
  ],
  [
    'non-null !',
    MONEY,
    'export const f = (x?: string): string => x!;',
    '@typescript-eslint/no-non-null-assertion',
  ],
  [
    'a floating promise',
    MONEY,
    'const f = async (): Promise<void> => {};\nf();',
    '@typescript-eslint/no-floating-promises',
  ],
  ['a thrown text', MONEY, "throw 'no';", '@typescript-eslint/only-throw-error'],
  [
    'a type imported as a value',
    MONEY,
    "import { Asset } from './asset.js';\nexport type A = Asset;",
    '@typescript-eslint/consistent-type-imports',
  ],
  ['==', MONEY, 'export const f = (x: bigint | null): boolean => x == null;', 'eqeqeq'],
  [
    'five parameters',
    MONEY,
    'export const f = (a: 1, b: 1, c: 1, d: 1, e: 1): number => a + b + c + d + e;',
    'max-params',
  ],
  ['a function of 63 lines', MONEY, LONG, 'max-lines-per-function'],
  ['complexity 11', MONEY, BRANCHY, 'complexity'],
  [
    'forEach(async',
    PLATFORM,
    '[1].forEach(async () => { await Promise.resolve(); });',
    'no-restricted-syntax',
  ],
  ['export *', PLATFORM, "export * from './settings-file.js';", 'no-restricted-syntax'],
  [
    'Number( in money code',
    MONEY,
    'export const f = (x: bigint): number => Number(x);',
    'no-restricted-syntax',
  ],
  [
    'parseFloat in money code',
    MONEY,
    'export const f = (x: string): number => parseFloat(x);',
    'no-restricted-syntax',
  ],
  [
    'Number.parseFloat in money code',
    MONEY,
    'export const f = (x: string): number => Number.parseFloat(x);',
    'no-restricted-syntax',
  ],
  ['unary + in money code', SERVICE, 'export const f = (x: string): number => +x;', 'no-restricted-syntax'],
  [
    'Number( in the ledger service',
    SERVICE,
    'export const f = (x: bigint): number => Number(x);',
    'no-restricted-syntax',
  ],
  ['the clock in a domain', DOMAIN, 'export const f = (): Date => new Date();', 'no-restricted-syntax'],
  ['chance in a domain', DOMAIN, 'export const f = (): number => Math.random();', 'no-restricted-syntax'],
  [
    'random bytes in a domain',
    DOMAIN,
    "import { randomBytes } from 'node:crypto';\nexport const f = randomBytes;",
    'no-restricted-imports',
  ],
  [
    'files in a domain',
    DOMAIN,
    "import { readFileSync } from 'node:fs';\nexport const f = readFileSync;",
    'no-restricted-imports',
  ],
  [
    'new ids in a domain',
    DOMAIN,
    "import { newId } from '@defter/kernel';\nexport const f = newId;",
    'no-restricted-imports',
  ],
  [
    'NestFactory in a service',
    SERVICE,
    "import { NestFactory } from '@nestjs/core';\nexport const f = NestFactory;",
    'no-restricted-imports',
  ],
  [
    'an exception that excepts nothing',
    MONEY,
    `// eslint-${'disable'}-next-line eqeqeq -- no longer needed here\nexport {};`,
    "Unused eslint-disable directive (no problems were reported from 'eqeqeq').",
  ],
];

const HASH_IN_DOMAIN = `
import { createHash } from 'node:crypto';
export const digest = (at: string): string =>
  createHash('sha256').update(new Date(at).toISOString()).digest('hex');
`;

/**
 * Nest reads the class from the decorated constructor, so `import type` would break the service at its start.
 */
const INJECTED_CLASS = `
import { Injectable } from '@nestjs/common';
import { Lifecycle } from '@defter/platform';
@Injectable()
export class Clockwork {
  constructor(private readonly lifecycle: Lifecycle) {}
  start(): Lifecycle {
    return this.lifecycle;
  }
}
`;
const allowed: readonly (readonly [name: string, path: string, text: string])[] = [
  ['a hash in a domain, and a date from a given instant', DOMAIN, HASH_IN_DOMAIN],
  ['an injected class imported as a value', SERVICE, INJECTED_CLASS],
];

describe('the lint', () => {
  let broken = new Map<string, readonly string[]>();
  beforeAll(() => {
    broken = lintSamples(
      [...refused, ...allowed].map(([name, path, text]) => ({ name, path, text: `${text}\n` })),
    );
  }, 180_000);

  it.each(refused)('refuses %s', (name, _path, _text, rule) => expect(broken.get(name)).toContain(rule));

  it.each(allowed)('lets through %s', (name) => expect(broken.get(name)).toEqual([]));
});
