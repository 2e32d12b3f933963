import { createHash } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSettings } from '@defter/backoffice-contracts';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { scratchFolder } from '../testing/scratch-folder.js';
import { SERVICES } from './service-list.js';
import { StackSettings } from './settings-file.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe("the stack's settings file", () => {
  let dir: string;
  let settings: StackSettings;
  beforeEach(() => {
    dir = scratchFolder();
    settings = new StackSettings(dir);
    settings.prepare(SERVICES);
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  const text = (): string => readFileSync(settings.file, 'utf8');
  const parsed = (): ReturnType<typeof parseSettings> => parseSettings(JSON.parse(text()));

  it('is what the services accept, with the hash of every token and no token', () => {
    const access = settings.addTenant('t_demo');
    const [tenant] = parsed().tenants;
    expect(tenant?.id).toBe('t_demo');
    expect(tenant?.keys.map(({ tokenSha256 }) => tokenSha256)).toEqual(
      [access.apiKey, access.operatorKey, ...access.people.map(({ token }) => token)].map(sha256),
    );
    const token = settings.serviceToken('payments') ?? '';
    expect(parsed().services.find(({ id }) => id === 'svc_payments')?.tokenSha256).toBe(sha256(token));
    for (const secret of [
      access.apiKey,
      access.operatorKey,
      token,
      ...access.people.map((person) => person.token),
    ]) {
      expect(text()).not.toContain(secret);
    }
  });

  it('keeps tenants and tokens over a new start, and adds each tenant once', () => {
    const first = settings.addTenant('t_one');
    const again = new StackSettings(dir);
    again.prepare(SERVICES);
    expect(again.addTenant('t_one')).toEqual(first);
    expect(again.addTenant('t_two').apiKey).not.toBe(first.apiKey);
    expect(parsed().tenants.map(({ id }) => id)).toEqual(['t_one', 't_two']);
  });

  it('lets only the operator set rules and force', () => {
    const { operatorKey } = settings.addTenant('t_one');
    const may = (scope: string) => parsed().tenants[0]?.keys.filter(({ scopes }) => scopes.includes(scope));
    for (const scope of ['ledger:admin', 'ledger:force'])
      expect(may(scope)?.map(({ tokenSha256 }) => tokenSha256)).toEqual([sha256(operatorKey)]);
  });

  it('gives a tenant of a version before its operator, and keeps the rest', () => {
    const first = settings.addTenant('t_one');
    const tokens = join(dir, 'tokens.json');
    const before = readFileSync(tokens, 'utf8').replace(/ *"operatorKey".*\n/, '');
    writeFileSync(tokens, before);
    const again = settings.addTenant('t_one');
    expect(again).toEqual({ ...first, operatorKey: expect.stringMatching(/^dk_/) });
    expect(again.operatorKey).not.toBe(first.operatorKey);
    const keys = parsed().tenants.map((tenant) => tenant.keys.map(({ tokenSha256 }) => tokenSha256));
    expect(keys).toEqual([
      [again.apiKey, again.operatorKey, ...again.people.map((p) => p.token)].map(sha256),
    ]);
    expect(settings.addTenant('t_one')).toEqual(again);
  });

  it('lets only its owner read tokens', () => {
    expect(statSync(join(dir, 'tokens.json')).mode & 0o777).toBe(0o600);
    expect(statSync(settings.file).mode & 0o777).toBe(0o600);
  });
});
