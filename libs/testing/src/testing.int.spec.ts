import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseSettings } from '@defter/backoffice-contracts';
import { demoTenant, serviceKey, settingsFile, testDatabase } from './index.js';

describe('a test database', () => {
  it('is its own: what one writes the other does not see, and it is gone after stop', async () => {
    const [one, two] = await Promise.all([testDatabase(), testDatabase()]);
    await one.database.query(`insert into stream values ('t_test', 's', 1)`);
    expect(await two.database.query('select from stream')).toEqual([]);
    await Promise.all([one.stop(), two.stop()]);
    await expect(one.database.query('select 1')).rejects.toThrow();
  });

  it('has two urls: the service without, the owner with all rights', async () => {
    const db = await testDatabase();
    const [row] = await db.database.query('select current_user as role, session_user as "session"');
    expect(row).toEqual({ role: 'defter_test', session: 'defter_test' });
    await db.stop();
  });
});

describe('the settings file', () => {
  it('is what services accept, also after a rewrite', () => {
    const [one, two] = [demoTenant(), demoTenant({ mode: 'live' })];
    const { key } = serviceKey('svc_payments', ['ledger:write']);
    const file = settingsFile([one.tenant], [key]);
    const read = () => parseSettings(JSON.parse(readFileSync(file.path, 'utf8')));
    expect(read()).toEqual({ services: [key], tenants: [one.tenant] });
    file.rewrite([one.tenant, two.tenant]);
    expect(read().tenants.map(({ mode }) => mode)).toEqual(['demo_local', 'live']);
  });
});
