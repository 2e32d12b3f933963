import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CHECKOUT } from '@defter/embedded';
import { withLockEntries, withPath } from './registration.js';

const read = (file: string): string => readFileSync(join(CHECKOUT, file), 'utf8');

describe('a provider that is made known', () => {
  it('stands in tsconfig.base.json where it would stand by hand', () => {
    const text = read('tsconfig.base.json');
    const line = /^.*"@defter\/provider-paytr".*\n/m.exec(text)?.[0] ?? '';
    expect(withPath(text.replace(line, ''), 'paytr')).toBe(text);
    expect(withPath(text, 'zz')).toMatch(/provider-stripe.*\n *"@defter\/provider-zz"/);
  });

  it('stands in package-lock.json as npm writes it', () => {
    const text = read('package-lock.json');
    const lock = JSON.parse(text) as { packages: Record<string, unknown> };
    delete lock.packages['libs/payments/providers/paytr'];
    delete lock.packages['node_modules/@defter/provider-paytr'];
    expect(withLockEntries(JSON.stringify(lock), 'paytr')).toBe(text);
  });
});
