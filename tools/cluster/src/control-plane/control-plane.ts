import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChildServer, freePort } from '@defter/embedded';
import { controlPlanePrograms, type ControlPlanePrograms } from './kubernetes-install.js';
import { Kubectl } from './kubectl.js';

/** A running control plane on loopback: an API server, its store, and the controllers. It has no nodes. */
export interface ControlPlane {
  readonly kubectl: Kubectl;
  readonly kubeconfig: string;
  /** The folder of Kubernetes' programs. */
  readonly kubernetes: string;
  stop(): Promise<void>;
}

interface Place extends ControlPlanePrograms {
  readonly dir: string;
  readonly port: number;
  readonly token: string;
}

const READY_WITHIN_MS = 120_000;

/**
 * Starts a control plane with an empty store in this folder; returns when controllers are at work. Who has
 * nodes wants a scheduler, too.
 */
export async function startControlPlane(dir: string, { scheduler = false } = {}): Promise<ControlPlane> {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const programs = await controlPlanePrograms();
  const place: Place = { ...programs, dir, port: await freePort(), token: randomBytes(24).toString('hex') };
  writeKeys(place);
  const kubeconfig = writeKubeconfig(place);
  const kubectl = await Kubectl.of(kubeconfig);
  const servers: ChildServer[] = [];
  const stop = async (): Promise<void> => {
    for (const server of servers.reverse()) await server.stop();
  };
  try {
    const etcd = await startEtcd(place, servers);
    await startApiServer(place, etcd, servers);
    await ready(kubectl, servers);
    servers.push(await controllers(place, kubeconfig));
    if (scheduler) servers.push(await startScheduler(place, kubeconfig));
    return { kubectl, kubeconfig, kubernetes: programs.kubernetes, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Who may call the API server, and the key of service accounts. */
function writeKeys({ dir, token }: Place): void {
  writeFileSync(join(dir, 'tokens.csv'), `${token},admin,admin,"system:masters"\n`, { mode: 0o600 });
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  writeFileSync(join(dir, 'accounts.key'), privateKey, { mode: 0o600 });
}

/** The server makes its certificate itself; on loopback, to a process of ours, that is enough. */
function writeKubeconfig({ dir, port, token }: Place): string {
  const path = join(dir, 'kubeconfig');
  const cluster = { server: `https://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'defter', cluster }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'defter', context: { cluster: 'defter', user: 'admin' } }],
    'current-context': 'defter',
  };
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
  return path;
}

async function startEtcd(place: Place, servers: ChildServer[]): Promise<string> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const peer = `http://127.0.0.1:${await freePort()}`;
  const flags = {
    'data-dir': join(place.dir, 'etcd'),
    'listen-client-urls': url,
    'advertise-client-urls': url,
    'listen-peer-urls': peer,
    'initial-advertise-peer-urls': peer,
    'initial-cluster': `default=${peer}`,
    'unsafe-no-fsync': 'true', // its content lives as long as the process
  };
  servers.push(await start(place, place.etcd, flags));
  return url;
}

async function startApiServer(place: Place, etcd: string, servers: ChildServer[]): Promise<void> {
  const accounts = join(place.dir, 'accounts.key');
  const flags = {
    'etcd-servers': etcd,
    'bind-address': '127.0.0.1',
    'secure-port': `${place.port}`,
    'cert-dir': join(place.dir, 'certificates'),
    'endpoint-reconciler-type': 'none',
    'authorization-mode': 'RBAC',
    'token-auth-file': join(place.dir, 'tokens.csv'),
    'service-account-key-file': accounts,
    'service-account-signing-key-file': accounts,
    'service-account-issuer': 'https://defter.local',
    'service-cluster-ip-range': '10.96.0.0/16',
    'kubelet-preferred-address-types': 'InternalIP',
  };
  servers.push(await start(place, join(place.kubernetes, 'kube-apiserver'), flags));
}

const controllers = (place: Place, kubeconfig: string): Promise<ChildServer> =>
  start(place, join(place.kubernetes, 'kube-controller-manager'), {
    kubeconfig,
    'leader-elect': 'false',
    'bind-address': '127.0.0.1',
    'secure-port': '0',
    'service-account-private-key-file': join(place.dir, 'accounts.key'),
  });

const startScheduler = (place: Place, kubeconfig: string): Promise<ChildServer> =>
  start(place, join(place.kubernetes, 'kube-scheduler'), {
    kubeconfig,
    'leader-elect': 'false',
    'bind-address': '127.0.0.1',
    'secure-port': '0',
  });

function start(
  { dir }: Place,
  command: string,
  flags: Readonly<Record<string, string>>,
): Promise<ChildServer> {
  const name = command.slice(command.lastIndexOf('/') + 1);
  return ChildServer.start({
    name,
    command,
    args: Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`),
    logFile: join(dir, `${name}.log`),
    pidFile: join(dir, `${name}.pid`),
  });
}

async function ready(kubectl: Kubectl, servers: readonly ChildServer[]): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    const dead = servers.find(({ exit }) => exit !== undefined);
    if (dead !== undefined) throw new Error(`the control plane ended: ${dead.logTail()}`);
    if ((await kubectl.tries('get', '--raw', '/readyz')).code === 0) return;
    await sleep(200);
  }
  throw new Error('the API server did not get ready');
}
