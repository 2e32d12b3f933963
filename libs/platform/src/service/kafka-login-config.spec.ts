import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { kafkaConfig } from './base-config.js';
import { ConfigError, defineConfig, describeConfig, readConfig } from './config.js';
import { kafkaLoginOf } from './kafka-login-config.js';
import { createLogger } from './logger.js';

const schema = defineConfig(kafkaConfig);
const lines: string[] = [];
const logger = createLogger('test', 'info', { write: (line) => void lines.push(line) });
const login = (env: Record<string, string>) =>
  kafkaLoginOf(readConfig(schema, { KAFKA_BROKERS: 'a:1', ...env }), logger);
const problemsOf = (env: Record<string, string>): readonly string[] => {
  try {
    login(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};

let dir: string;
let file: (name: string, content: string) => string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'defter-login-'));
  file = (name, content) => {
    writeFileSync(join(dir, name), content);
    return join(dir, name);
  };
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe("a service's login to Kafka", () => {
  it('is none by default: nobody logs in, nothing is encrypted', () => expect(login({})).toEqual({}));

  it('has the password of the variable', () => {
    const { user, tls } = login({ KAFKA_USER: 'ledger', KAFKA_PASSWORD: ' a b ' });
    expect([user?.name, user?.password(), tls]).toEqual(['ledger', ' a b ', undefined]);
  });

  it("has the file's password, without the end of its line, as the file is at that moment", () => {
    const path = file('password', 'first\n');
    const { user } = login({ KAFKA_USER: 'ledger', KAFKA_PASSWORD_FILE: path });
    expect(user?.password()).toBe('first');
    file('password', 'second');
    expect(user?.password()).toBe('second');
  });

  it.each([
    ['is gone', () => rmSync(join(dir, 'changing')), 'ENOENT'],
    ['is empty', () => void file('changing', ''), 'it is empty'],
    ['is half another one', () => void file('changing', 'x\ny'), 'it has several lines'],
  ])('keeps the last password while the file %s, and says so', (_, change, why) => {
    const path = file('changing', 'good');
    const { user } = login({ KAFKA_USER: 'ledger', KAFKA_PASSWORD_FILE: path });
    change();
    expect(user?.password()).toBe('good');
    expect(lines.at(-1)).toContain("KAFKA_PASSWORD_FILE can't be used");
    expect(lines.at(-1)).toContain(why);
  });

  it('is encrypted when it shall be, or when there is a CA to check against', () => {
    expect(login({ KAFKA_TLS: 'true' })).toEqual({ tls: {} });
    const ca = file('ca.crt', CERTIFICATE);
    expect(login({ KAFKA_CA_FILE: ca }).tls?.ca?.()).toBe(CERTIFICATE);
    expect(login({ KAFKA_TLS: 'false' })).toEqual({});
  });

  const user = { KAFKA_USER: 'ledger' };
  it.each([
    ['a user without a password', user, ['KAFKA_USER has no password: name its file in KAFKA_PASSWORD_FILE']],
    ['a password without a user', { KAFKA_PASSWORD: 'x' }, ['but no KAFKA_USER that says whose']],
    ['two passwords', { ...user, KAFKA_PASSWORD: 'x', KAFKA_PASSWORD_FILE: '$ok' }, ['keep one of them']],
    ['a file that is not there', { ...user, KAFKA_PASSWORD_FILE: '$none' }, ['ENOENT']],
    ['an empty file', { ...user, KAFKA_PASSWORD_FILE: '$empty' }, ['it is empty (it is "']],
    ['several lines', { ...user, KAFKA_PASSWORD_FILE: '$lines' }, ['it has several lines']],
    ['a CA without encryption', { KAFKA_TLS: 'false', KAFKA_CA_FILE: '$ca' }, ['KAFKA_TLS is false, but']],
    [
      'a CA that is none',
      { KAFKA_CA_FILE: '$key' },
      ["KAFKA_CA_FILE can't be used: it holds no certificate"],
    ],
    [
      'two mistakes at once',
      { KAFKA_PASSWORD: 'x', KAFKA_CA_FILE: '$none' },
      ['but no KAFKA_USER', "KAFKA_CA_FILE can't be used: ENOENT"],
    ],
  ])('refuses %s in a sentence', (_, env, sentences) => {
    const { privateKey } = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const files: Record<string, string> = {
      $ok: file('ok', 'x'),
      $none: join(dir, 'none'),
      $empty: file('empty', '\n'),
      $lines: file('lines', 'a\nb\n'),
      $ca: file('ca.crt', CERTIFICATE),
      $key: file('key.pem', privateKey),
    };
    const given = Object.entries(env).map(([name, value]) => [name, files[value] ?? value]);
    const problems = problemsOf(Object.fromEntries(given) as Record<string, string>);
    expect(problems).toEqual(sentences.map((sentence) => expect.stringContaining(sentence)));
  });

  it('never shows a password', () => {
    const env = { KAFKA_BROKERS: 'a:1', KAFKA_USER: 'ledger', KAFKA_PASSWORD: 'hidden' };
    expect(describeConfig(schema, readConfig(schema, env))).toContain('KAFKA_PASSWORD=[redacted]');
    const path = file('hidden', 'hidden\nhidden');
    expect(problemsOf({ KAFKA_USER: 'ledger', KAFKA_PASSWORD_FILE: path }).join()).not.toContain('hidden\n');
  });
});

/** Of a CA that nobody has the key of; valid until 2126. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBdTCCARugAwIBAgIUVRYy4OnGUVncHG1wuUKS5LUdVCUwCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjgwMDE3MDBaGA8yMTI2MTEwNDAwMTcw
MFowDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABEos
OQe9eSXF7GTVHc6UoDpYjK0KwKMxvBK6FM+ioNYLHgEFXjDAtLuNTk3l6wleI1Cq
L0/Yiqj+NKfcpHhVEnGjUzBRMB0GA1UdDgQWBBQCAnhUQPW3sJ1IOtTJggSJmrQI
VzAfBgNVHSMEGDAWgBQCAnhUQPW3sJ1IOtTJggSJmrQIVzAPBgNVHRMBAf8EBTAD
AQH/MAoGCCqGSM49BAMCA0gAMEUCIDLNDaGtBgnLZ9BXrKlO82hLSSkzEuLejKtc
xi8D1xUpAiEAjnRwhNW0wu1YhVuI/ok5JFqG/W2Z+1tGMu5qzem0wUI=
-----END CERTIFICATE-----
`;
