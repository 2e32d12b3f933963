import { describe, expect, it } from '@jest/globals';
import { ConfigError, defineConfig, describeConfig, readConfig } from './config.js';
import { bool, duration, integer, list, oneOf, optional, port, secret, text, url } from './settings.js';

const schema = defineConfig({
  name: text('NAME'),
  token: secret('TOKEN'),
  port: port('PORT', 4100),
  size: integer('SIZE', 8),
  on: bool('ON', false),
  brokers: list('BROKERS', ['a:1']),
  level: oneOf('LEVEL', ['info', 'debug'], 'info'),
  ledger: optional(url('LEDGER')),
  limit: duration('LIMIT', 5_000),
});
const good = { NAME: 'n', TOKEN: 't' };

describe('configuration', () => {
  it('takes what is given and the defaults for the rest', () => {
    const env = {
      ...good,
      BROKERS: 'b:1, c:2',
      LEDGER: 'http://127.0.0.1:4100/',
      LIMIT: '2m',
      ON: 'true',
      PORT: '0',
      SIZE: '',
    };
    expect(readConfig(schema, env)).toEqual({
      name: 'n',
      token: 't',
      port: 0,
      size: 8,
      on: true,
      brokers: ['b:1', 'c:2'],
      level: 'info',
      ledger: 'http://127.0.0.1:4100',
      limit: 120_000,
    });
    expect(readConfig(schema, good)).toMatchObject({ port: 4100, ledger: undefined, brokers: ['a:1'] });
  });

  it.each([
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '4100x'],
    ['PORT', '1e3'],
    ['PORT', ' 1'],
    ['SIZE', '1.5'],
    ['SIZE', '99999999999999999'],
    ['ON', 'yes'],
    ['ON', 'TRUE'],
    ['BROKERS', 'a,,b'],
    ['LEVEL', 'loud'],
    ['LEDGER', 'ftp://a'],
    ['LEDGER', 'nonsense'],
    ['LIMIT', '5'],
    ['LIMIT', '5 s'],
    ['LIMIT', '-5s'],
  ])('refuses %s=%s and names it', (name, value) => {
    expect(() => readConfig(schema, { ...good, [name]: value })).toThrow(`${name} must be`);
  });

  it('reports everything at once and never the text of a secret', () => {
    const strict = {
      ...schema,
      token: {
        ...secret('TOKEN'),
        parse: () => {
          throw new Error('must be better');
        },
      },
    };
    const read = () => readConfig(strict, { TOKEN: 'very-secret', PORT: 'x', LEVEL: 'x' });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(/4 problem\(s\)[^]*NAME is missing[^]*TOKEN must be better\n[^]*PORT[^]*LEVEL/);
    expect(read).not.toThrow(/very-secret/);
  });

  it('prints secrets redacted', () => {
    expect(describeConfig(schema, readConfig(schema, good))).toContain('PORT=4100\nSIZE=8\nTOKEN=[redacted]');
  });
});
