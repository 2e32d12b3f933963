import { describe, expect, it } from '@jest/globals';
import { parseCredentials } from './credentials.js';

describe('the keys of the settings file', () => {
  it.each([[{}], [{ services: [] }], [{ tenants: [], services: {} }]])(
    'refuses %j: a file without its lists would lock everybody out',
    (file) => expect(() => parseCredentials(file)).toThrow('services and tenants must be lists'),
  );

  it('takes empty lists', () => {
    expect(parseCredentials({ services: [], tenants: [] }).byDigest.size).toBe(0);
  });
});
