// Kubernetes and etcd, once per machine, outside the checkout. No registry has them ready-made for a machine
// without Docker: etcd comes from Debian, Kubernetes is built from its Go modules.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, CHECKOUT, programOf, run, SetupError, withFileLock } from '@defter/embedded';

export const KUBERNETES_VERSION = 'v1.34.4';
const SOURCE = join(CHECKOUT, 'tools/cluster/kubernetes');
const PARTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy'];
const home = (): string => join(cacheFolder(), `kubernetes-${KUBERNETES_VERSION}`);

/** Where the installed programs are. */
export interface ControlPlanePrograms {
  readonly etcd: string;
  /** The folder of kube-apiserver and the others. */
  readonly kubernetes: string;
}

/** Whether nothing would have to be built: CI runs the cluster's story only then. */
export const isInstalled = (): boolean => existsSync(join(home(), 'bin')) && existsSync(join(home(), 'etcd'));

/** Installs what is missing: minutes of two cores for Kubernetes, once. */
export async function controlPlanePrograms(): Promise<ControlPlanePrograms> {
  await programOf('etcd-server', 'usr/bin/etcd', join(home(), 'etcd'));
  if (!isInstalled()) {
    await withFileLock(join(home(), 'build.lock'), async () => {
      if (!existsSync(join(home(), 'bin'))) await buildKubernetes();
    });
  }
  return { etcd: join(home(), 'etcd'), kubernetes: join(home(), 'bin') };
}

async function buildKubernetes(): Promise<void> {
  process.stderr.write(
    `  building Kubernetes ${KUBERNETES_VERSION} (once per machine, about 12 minutes of processor time)\n`,
  );
  await inFreshFolder(async (fresh) => {
    const bin = join(fresh, 'bin');
    mkdirSync(bin);
    const [major = '', minor = ''] = KUBERNETES_VERSION.slice(1).split('.');
    const stamped = { gitVersion: KUBERNETES_VERSION, gitMajor: major, gitMinor: minor };
    const stamps = Object.entries(stamped).map(
      ([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`,
    );
    const flags = ['-mod=readonly', '-trimpath', '-ldflags', ['-s -w', ...stamps].join(' ')];
    await go(['build', ...flags, '-o', join(bin, 'kubernetes'), '.']);
    chmodSync(join(bin, 'kubernetes'), 0o755);
    for (const part of PARTS) symlinkSync('kubernetes', join(bin, part));
    renameSync(bin, join(home(), 'bin'));
  });
}

async function go(args: readonly string[]): Promise<void> {
  const env = { ...process.env, CGO_ENABLED: '0' };
  const built = await run('nice', ['-n', '10', 'go', ...args], { cwd: SOURCE, env });
  if (built.code === 127)
    throw new SetupError('Go is missing, which builds Kubernetes', 'Install Go 1.24 or newer');
  if (built.code !== 0) throw new Error(`go build failed: ${built.stderr.slice(-2_000)}`);
}

async function inFreshFolder(work: (folder: string) => Promise<void>): Promise<void> {
  mkdirSync(home(), { recursive: true });
  const fresh = mkdtempSync(join(home(), 'new-'));
  try {
    await work(fresh);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}
