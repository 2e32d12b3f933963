import { join } from 'node:path';
import { ChildServer } from '@defter/embedded';
import { writeFileSync, mkdirSync } from 'node:fs';
import { startControlPlane, type ControlPlane } from '../control-plane/control-plane.js';
import { Helm } from '../story/helm.js';
import { ServiceNames } from './dns.js';
import { NAMESPACE, prepareInstallation, type Installation } from './installation.js';
import { prepareMachine } from './machine.js';
import type { NodeImages } from './node-images.js';
import { nodePrograms, type NodePrograms } from './node-packages.js';
import { proxySettings } from './node-settings.js';
import { startOutsideServers, type OutsideServers } from './outside-servers.js';
import { WorkerNode } from './worker-node.js';

/** How many nodes a cluster may get. */
export const NODES = 2;
/** Their names, which their control groups have, too. */
export const NODE_NAMES = Array.from({ length: NODES }, (_, index) => `node-${index}`);

/** What was made outside of the namespaces, where the registries are. */
export interface Brought {
  readonly dir: string;
  readonly group: string;
  readonly images: NodeImages;
}

/** A cluster with nodes, PostgreSQL and Kafka beside it, and everything at hand to install the chart. */
export interface NodeCluster {
  readonly plane: ControlPlane;
  readonly servers: OutsideServers;
  readonly installation: Installation;
  readonly helm: Helm;
  /** Begins with what takes long of the next node, in the background. */
  prepareNode(): void;
  /** One more node joins. */
  addNode(): Promise<WorkerNode>;
  stop(): Promise<void>;
}

/** Starts everything, with one node. Only inside of namespaces: it changes the machine that it finds. */
export async function startNodeCluster({ dir, group, images }: Brought): Promise<NodeCluster> {
  const programs = await nodePrograms();
  await prepareMachine(dir, NODES);
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.reverse()) await each();
  };
  try {
    const [servers, plane] = await Promise.all([
      startOutsideServers(join(dir, 'servers')),
      startControlPlane(join(dir, 'plane'), { scheduler: true }),
    ]);
    stops.push(servers.stop, plane.stop);
    const proxy = await startProxy(dir, plane, programs);
    stops.push(() => proxy.stop());
    const names = await ServiceNames.start(join(dir, 'dns'), programs, plane.kubectl);
    stops.push(() => names.stop());
    const installation = await prepareInstallation(dir, plane.kubectl, servers);
    const parts = { plane, programs, images, dir, group };
    const prepared: ReturnType<typeof WorkerNode.prepare>[] = [];
    const prepareNode = (): void => {
      const next = WorkerNode.prepare(prepared.length, parts);
      next.catch(() => undefined); // whoever lets it join hears of it
      prepared.push(next);
    };
    let joined = 0;
    const addNode = async (): Promise<WorkerNode> => {
      if (prepared.length === joined) prepareNode();
      const joins = await prepared[joined];
      if (joins === undefined) throw new Error('no node is prepared');
      joined += 1;
      const node = await joins();
      stops.push(() => node.stop());
      return node;
    };
    await addNode();
    const helm = new Helm(plane.kubeconfig, NAMESPACE, [installation.values, images.digests]);
    return { plane, servers, installation, helm, prepareNode, addNode, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startProxy(dir: string, plane: ControlPlane, { env }: NodePrograms): Promise<ChildServer> {
  const own = join(dir, 'proxy');
  mkdirSync(own, { recursive: true });
  const config = join(own, 'proxy.yaml');
  writeFileSync(config, proxySettings(plane.kubeconfig));
  return ChildServer.start({
    name: 'kube-proxy',
    command: join(plane.kubernetes, 'kube-proxy'),
    args: [`--config=${config}`],
    env,
    logFile: join(own, 'kube-proxy.log'),
    pidFile: join(own, 'kube-proxy.pid'),
  });
}
