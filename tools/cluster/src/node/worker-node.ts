import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChildServer, run } from '@defter/embedded';
import type { ControlPlane } from '../control-plane/control-plane.js';
import { HOST_ADDRESS, nodeAddress, ownFolderCommands } from './machine.js';
import { importImages, type NodeImages } from './node-images.js';
import type { NodePrograms } from './node-packages.js';
import {
  containerdSettings,
  kubeletSettings,
  networkSettings,
  SOCKET,
  type NodePlace,
} from './node-settings.js';

const READY_WITHIN_MS = 60_000;

/** What a node is started with. */
export interface NodeParts {
  readonly plane: ControlPlane;
  readonly programs: NodePrograms;
  readonly images: NodeImages;
  /** The folder that has a folder for each node. */
  readonly dir: string;
  readonly group: string;
}

/**
 * A node: containerd and kubelet with mounts of their own, so that several are on one machine as if each had
 * its own disk. They share one network, in which each has its address.
 */
export class WorkerNode {
  private constructor(
    readonly name: string,
    private readonly containerd: ChildServer,
    private readonly kubelet: ChildServer,
  ) {}

  /**
   * Starts a node's containerd and gives it the images. What it returns lets the node join, and returns when
   * Kubernetes says that it is ready.
   */
  static async prepare(index: number, parts: NodeParts): Promise<() => Promise<WorkerNode>> {
    const name = `node-${index}`;
    const dir = join(parts.dir, name);
    const place: NodePlace = { name, index, dir, root: parts.programs.root, group: parts.group };
    writeSettings(place);
    const containerd = await startContainerd(place, parts.programs);
    await importImages(parts.images, ctrOf(place, containerd));
    return async () => {
      const kubelet = await startKubelet(place, containerd, parts);
      const node = new WorkerNode(name, containerd, kubelet);
      await node.ready(parts.plane);
      return node;
    };
  }

  async stop(): Promise<void> {
    await this.kubelet.stop();
    await this.containerd.stop();
  }

  private async ready({ kubectl }: ControlPlane): Promise<void> {
    const deadline = Date.now() + READY_WITHIN_MS;
    while (Date.now() < deadline) {
      if (this.kubelet.exit !== undefined) throw new Error(`kubelet ended: ${this.kubelet.logTail()}`);
      const path = '-o=jsonpath={.status.conditions[?(@.type=="Ready")].status}';
      const { stdout } = await kubectl.tries('get', 'node', this.name, path);
      if (stdout === 'True') return;
      await sleep(200);
    }
    throw new Error(`${this.name} did not get ready: ${this.kubelet.logTail()}`);
  }
}

function writeSettings(place: NodePlace): void {
  const { dir } = place;
  mkdirSync(join(dir, 'cni'), { recursive: true });
  writeFileSync(join(dir, 'containerd.toml'), containerdSettings(place));
  writeFileSync(join(dir, 'cni/10-pods.conflist'), networkSettings(place));
  writeFileSync(join(dir, 'kubelet.yaml'), kubeletSettings(place));
  writeFileSync(join(dir, 'resolv.conf'), `nameserver ${HOST_ADDRESS}\n`);
}

async function startContainerd(place: NodePlace, { root, env }: NodePrograms): Promise<ChildServer> {
  const { dir, name } = place;
  const program = join(root, 'usr/bin/containerd');
  const steps = [
    ...ownFolderCommands(join(dir, 'own')),
    `exec ${program} --config ${join(dir, 'containerd.toml')}`,
  ];
  const server = await ChildServer.start({
    name: `containerd of ${name}`,
    command: 'unshare',
    args: ['--mount', '--propagation', 'private', '--', 'sh', '-c', steps.join(' && ')],
    env,
    logFile: join(dir, 'containerd.log'),
    pidFile: join(dir, 'containerd.pid'),
  });
  const [ctr, ...rest] = ctrOf(place, server);
  const deadline = Date.now() + READY_WITHIN_MS;
  while (server.exit === undefined && Date.now() < deadline) {
    if ((await run(ctr, [...rest, 'version'])).code === 0) return server;
    await sleep(100);
  }
  await server.stop();
  throw new Error(`containerd did not start: ${server.logTail()}`);
}

/** A command in the mounts of a node. */
const insideOf = ({ pid }: ChildServer, ...command: readonly string[]): string[] => [
  '--mount',
  `--target=${pid}`,
  '--',
  ...command,
];

const ctrOf = ({ root }: NodePlace, containerd: ChildServer): [string, ...string[]] => [
  'nsenter',
  ...insideOf(containerd, join(root, 'usr/bin/ctr'), '--address', SOCKET),
];

async function startKubelet(
  { name, index, dir }: NodePlace,
  containerd: ChildServer,
  { plane, programs }: NodeParts,
): Promise<ChildServer> {
  const flags = {
    config: join(dir, 'kubelet.yaml'),
    kubeconfig: plane.kubeconfig,
    'hostname-override': name,
    'node-ip': nodeAddress(index),
  };
  const given = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
  return ChildServer.start({
    name: `kubelet of ${name}`,
    command: 'nsenter',
    args: insideOf(containerd, join(plane.kubernetes, 'kubelet'), ...given),
    env: programs.env,
    logFile: join(dir, 'kubelet.log'),
    pidFile: join(dir, 'kubelet.pid'),
  });
}
