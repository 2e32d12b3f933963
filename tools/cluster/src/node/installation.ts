// What somebody who installs the chart has to bring: secrets, and values of their own.
import { createHash, createPublicKey } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICES, StackSettings, type TenantAccess } from '@defter/embedded';
import { stringify } from 'yaml';
import type { Kubectl } from '../control-plane/kubectl.js';
import { HOST_ADDRESS } from './machine.js';
import { REGISTRY } from './node-images.js';
import type { OutsideServers } from './outside-servers.js';

export const NAMESPACE = 'defter';
const TENANT = 't_node';
const MAIL_CLAIM = 'defter-mail';

/** An installation that can be made: its secrets are there. */
export interface Installation {
  readonly tenant: TenantAccess;
  /** A file of values beside the one with the digests. */
  readonly values: string;
  /** The folder behind the claim that reports are written to. */
  readonly mail: string;
}

/** Makes namespace and secrets, as docs/operating/install.md says, and writes the values. */
export async function prepareInstallation(
  dir: string,
  kubectl: Kubectl,
  servers: OutsideServers,
): Promise<Installation> {
  const settings = new StackSettings(dir);
  settings.prepare(SERVICES);
  const tenant = settings.addTenant(TENANT);
  await kubectl.does('create', 'namespace', NAMESPACE);
  await kubectl.does('label', 'namespace', NAMESPACE, 'pod-security.kubernetes.io/enforce=restricted');
  for (const [name, content] of Object.entries(secretsOf(settings, servers)))
    await makeSecret(kubectl, name, content);
  const mail = join(dir, 'mail');
  await makeVolume(kubectl, mail);
  const values = join(dir, 'values.yaml');
  writeFileSync(values, stringify(valuesOf(servers, verifierKeyOf(settings))));
  return { tenant, values, mail };
}

/** A folder that pods on every node see, as a file server would be. */
async function makeVolume(kubectl: Kubectl, path: string): Promise<void> {
  mkdirSync(path);
  chmodSync(path, 0o777); // pods have a user of their own
  const shared = { storageClassName: '', accessModes: ['ReadWriteMany'] };
  const volume = {
    ...{ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: MAIL_CLAIM } },
    spec: { ...shared, capacity: { storage: '1Gi' }, hostPath: { path } },
  };
  const claim = {
    ...{
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: MAIL_CLAIM, namespace: NAMESPACE },
    },
    spec: { ...shared, volumeName: MAIL_CLAIM, resources: { requests: { storage: '1Gi' } } },
  };
  for (const object of [volume, claim]) {
    const { code, stderr } = await kubectl.applies(JSON.stringify(object));
    if (code !== 0) throw new Error(`a volume was refused: ${stderr}`);
  }
}

/** Makes or replaces a secret. */
export async function makeSecret(
  kubectl: Kubectl,
  name: string,
  stringData: Readonly<Record<string, string>>,
): Promise<void> {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: NAMESPACE }, stringData };
  const { code, stderr } = await kubectl.applies(JSON.stringify(secret));
  if (code !== 0) throw new Error(`the secret ${name} was refused: ${stderr}`);
}

function secretsOf(
  settings: StackSettings,
  servers: OutsideServers,
): Record<string, Readonly<Record<string, string>>> {
  const text = (path: string): string => readFileSync(path, 'utf8');
  const databases = SERVICES.flatMap(({ name, database }) =>
    database === undefined
      ? []
      : [
          [`defter-${name}-database`, { url: servers.url(database, 'service') }] as const,
          [`defter-${name}-migrator`, { url: servers.url(database, 'migrator') }] as const,
        ],
  );
  const tokens = SERVICES.flatMap(({ name }) => {
    const token = settings.serviceToken(name);
    return token === undefined ? [] : [[`defter-${name}-token`, { token }] as const];
  });
  return {
    ...Object.fromEntries<Readonly<Record<string, string>>>([...databases, ...tokens]),
    'defter-settings': { 'settings.json': text(settings.file) },
    'defter-ledger-checkpoints': { 'key.pem': text(settings.checkpointKeyFile) },
    'defter-webhook-delivery-sealing': { keys: text(settings.sealingKeysFile) },
  };
}

/**
 * What is smaller than in production is what each pod asks for, for two nodes share two processors, and the
 * time that reconciliation gives messages to arrive: the main job doesn't wait for five minutes.
 */
const valuesOf = ({ kafka, prometheus }: OutsideServers, verifierKey: string): object => ({
  image: { registry: REGISTRY, pullPolicy: 'Never' },
  kafka: { brokers: [kafka.brokers] },
  network: {
    kafka: {
      port: parseInt(kafka.brokers.split(':')[1] ?? '', 10),
      to: [{ ipBlock: { cidr: `${HOST_ADDRESS}/32` } }],
    },
  },
  defaults: { resources: { requests: { cpu: '10m', memory: '64Mi' } } },
  jobDefaults: { resources: { requests: { cpu: '10m', memory: '64Mi' } } },
  services: {
    ledger: { env: { CHECKPOINT_INTERVAL: '1s', CHECKPOINT_PUBLIC_KEYS: verifierKey } },
    reconciliation: {
      mailClaim: MAIL_CLAIM,
      env: { INTERNAL_LAG: '1s', PROMETHEUS_URL: prometheus.url },
    },
    'mock-psp': { enabled: true, env: { MOCK_PSP_TEST_ENDPOINTS: true } },
  },
});

/** The name that the ledger signs under, unless CHECKPOINT_NAME says otherwise. */
const SIGNER = 'defter.local';
const ED25519 = 1;

/** What pods without the private key know it by: a verifier key (https://c2sp.org/signed-note). */
function verifierKeyOf({ checkpointKeyFile }: StackSettings): string {
  const { x = '' } = createPublicKey(readFileSync(checkpointKeyFile)).export({ format: 'jwk' });
  const key = Buffer.concat([Buffer.from([ED25519]), Buffer.from(x, 'base64url')]);
  const id = createHash('sha256').update(`${SIGNER}\n`).update(key).digest().toString('hex', 0, 4);
  return `${SIGNER}+${id}+${key.toString('base64')}`;
}
