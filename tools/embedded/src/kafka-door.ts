// The broker's second listener, as a real cluster has it: encrypted, by user and password
// (SASL/SCRAM-SHA-512), and with rights (StandardAuthorizer). Whoever comes by the first one, on loopback and
// without a name, is the administrator.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Java } from './java.js';
import { mustRun } from './run.js';

/** The keys of a broker's listener and the certificate of who signed them. */
export interface DoorKeys {
  readonly keystore: string;
  readonly password: string;
  /** PEM, for clients. */
  readonly caFile: string;
}

/** Makes a CA and a certificate of it for this address, once per folder. */
export async function doorKeys(dir: string, host: string, java: Java): Promise<DoorKeys> {
  const home = join(dir, 'tls');
  const keys = { keystore: join(home, 'broker.p12'), caFile: join(home, 'ca.crt') };
  const note = join(home, 'password');
  if (existsSync(home)) return { ...keys, password: readFileSync(note, 'utf8') };
  const fresh = `${home}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true, mode: 0o755 });
  const password = randomBytes(16).toString('hex');
  writeFileSync(join(fresh, 'password'), password, { mode: 0o600 });
  const store = ['-storetype', 'PKCS12', '-storepass', password, '-keystore', join(fresh, 'broker.p12')];
  const keytool = java.command.includes('/') ? join(dirname(java.command), 'keytool') : 'keytool';
  const pair = ['-genkeypair', '-keyalg', 'EC', '-validity', '3650', ...store];
  await mustRun(keytool, [...pair, '-alias', 'ca', '-dname', 'CN=Defter test CA', '-ext', 'bc:c']);
  const names = ['-ext', `san=ip:${host},dns:localhost`];
  await mustRun(keytool, [...pair, '-alias', 'broker', '-dname', 'CN=broker', '-signer', 'ca', ...names]);
  await mustRun(keytool, ['-exportcert', '-rfc', '-alias', 'ca', '-file', join(fresh, 'ca.crt'), ...store]);
  // The broker would take either key; the CA's isn't for listening.
  await mustRun(keytool, ['-delete', '-alias', 'ca', ...store]);
  renameSync(fresh, home);
  return { ...keys, password };
}

const NAME = 'SECURED';

/** Where the door is, for the broker's settings. */
export interface Door extends DoorKeys {
  readonly host: string;
  readonly port: number;
  /** So long a connection may go on before the broker wants to see the password again; for ever if absent. */
  readonly sessionMs?: number | undefined;
}

/** What a broker with a door has beside, or in place of, its other settings. */
export function doorProperties(
  { host, port, keystore, password, sessionMs }: Door,
  without: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const also = (name: string, more: string): string => `${String(without[name])},${more}`;
  const own = `listener.name.${NAME.toLowerCase()}`;
  return {
    ...without,
    listeners: also('listeners', `${NAME}://${host}:${port}`),
    'advertised.listeners': also('advertised.listeners', `${NAME}://${host}:${port}`),
    'listener.security.protocol.map': also('listener.security.protocol.map', `${NAME}:SASL_SSL`),
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': 'User:ANONYMOUS',
    [`${own}.sasl.enabled.mechanisms`]: 'SCRAM-SHA-512',
    [`${own}.scram-sha-512.sasl.jaas.config`]:
      'org.apache.kafka.common.security.scram.ScramLoginModule required;',
    ...(sessionMs === undefined ? {} : { [`${own}.scram-sha-512.connections.max.reauth.ms`]: sessionMs }),
    [`${own}.ssl.keystore.type`]: 'PKCS12',
    [`${own}.ssl.keystore.location`]: keystore,
    [`${own}.ssl.keystore.password`]: password,
    [`${own}.ssl.key.password`]: password,
  };
}
