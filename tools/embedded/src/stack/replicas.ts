import type { Exit } from '../child-server.js';
import { Supervised, type ServerHandle, type Supervision } from '../supervised.js';
import { environmentOf, type Surroundings } from './environment.js';
import { SERVICES, type ServiceName, type ServicePorts, type ServiceSpec } from './service-list.js';
import { launchService } from './service-process.js';
import { servicePorts, type PortChoice } from './stack-ports.js';

/** A process that is to run: a service, the how-manieth, and where it listens. */
export interface Replica {
  readonly spec: ServiceSpec;
  readonly replica: number;
  /** The roles of this process. */
  readonly roles: string;
  readonly ports: ServicePorts;
}

/** How many processes of a service run, and which roles each of them has. */
export interface Layout {
  readonly replicas?: Partial<Record<ServiceName, number>>;
  readonly roles?: Partial<Record<ServiceName, readonly string[]>>;
}

/** One running replica of a service. */
export interface RunningService extends ServerHandle {
  readonly service: ServiceName;
  readonly replica: number;
  readonly url: string;
  readonly managementUrl: string;
  /** host:port of gRPC, where the service has it. */
  readonly grpcUrl: string | undefined;
  /** How its latest process ended; undefined while it runs. */
  readonly exit: Exit | undefined;
  /** From the next start on, until it is said otherwise. */
  alter(change: Alteration): void;
}

/** How a start differs from the usual one. */
export interface Alteration {
  readonly env?: Readonly<Record<string, string>>;
  /** Another entry than `main.js`, for the laboratory. */
  readonly main?: string;
}

/** Every process of the stack with its ports. Throws SetupError when a default port is taken. */
export async function planReplicas(
  { replicas = {}, roles = {} }: Layout,
  choice: PortChoice,
): Promise<Replica[]> {
  const planned: Replica[] = [];
  for (const spec of SERVICES) {
    const each = roles[spec.name];
    for (let replica = 0; replica < (each?.length ?? replicas[spec.name] ?? 1); replica += 1) {
      const ports = await servicePorts(spec, replica, choice);
      planned.push({ spec, replica, roles: each?.[replica] ?? spec.roles, ports });
    }
  }
  return planned;
}

/** Where services find each other: the first replica of each, and for webhooks every ingress. */
export function meetingPoints(replicas: readonly Replica[]): Pick<Surroundings, 'ports' | 'ingressUrls'> {
  const first = replicas.filter(({ replica }) => replica === 0);
  const ingresses = replicas.filter(({ spec }) => spec.name === 'webhook-ingress');
  return {
    ports: new Map(first.map(({ spec, ports }) => [spec.name, ports])),
    ingressUrls: ingresses.map(({ ports }) => urlOf(ports)),
  };
}

/** The handle of a replica, not started yet. It keeps its ports over kill and start. */
export function replicaHandle(
  { spec, replica, roles, ports }: Replica,
  around: Surroundings,
  supervision: Supervision,
): RunningService {
  const label = replica === 0 ? spec.name : `${spec.name}-${replica}`;
  const run = { spec, roles, label, dir: around.dir, env: environmentOf(spec, ports, around) };
  let { env, ...rest }: Alteration = {};
  const launch = () => launchService({ ...run, ...rest, env: { ...run.env, ...env } }, ports);
  return Object.assign(new Supervised(label, launch, supervision), {
    service: spec.name,
    replica,
    url: urlOf(ports),
    managementUrl: `http://127.0.0.1:${ports.management}`,
    grpcUrl: ports.grpc === undefined ? undefined : `127.0.0.1:${ports.grpc}`,
    alter: (change: Alteration) => void ({ env, ...rest } = change),
  });
}

const urlOf = ({ http }: ServicePorts): string => `http://127.0.0.1:${http}`;
