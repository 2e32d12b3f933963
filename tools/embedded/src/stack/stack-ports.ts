import { freePort, requireFreePort } from '../ports.js';
import { SetupError } from '../setup-error.js';
import { KAFKA_PORT, POSTGRES_PORT, type ServicePorts, type ServiceSpec } from './service-list.js';

/** `default`: the documented ports, shifted by DEFTER_PORT_OFFSET; `free`: whatever is free (tests). */
export type PortChoice = 'default' | 'free';

const PER_REPLICA = 10;

/** Ports of PostgreSQL and Kafka; undefined lets the server take a free one. */
export function serverPorts(choice: PortChoice): { postgres?: number; kafka?: number } {
  return choice === 'free' ? {} : { postgres: POSTGRES_PORT + offset(), kafka: KAFKA_PORT + offset() };
}

/** The ports of one replica of a service. Throws SetupError when a default port is taken. */
export async function servicePorts(
  spec: ServiceSpec,
  replica: number,
  choice: PortChoice,
): Promise<ServicePorts> {
  const names = ['http', 'management', 'grpc'] as const;
  const ports: Partial<Record<(typeof names)[number], number>> = {};
  for (const name of names) {
    const documented = spec.ports[name];
    if (documented === undefined) continue;
    ports[name] = choice === 'free' ? await freePort() : documented + offset() + replica * PER_REPLICA;
    await requireFreePort(ports[name], `${spec.name} (${name})`);
  }
  return { http: 0, management: 0, ...ports };
}

/** With the largest documented port below the range of outgoing connections and 65,536. */
const MAX_OFFSET = 11_000;

function offset(): number {
  const text = process.env['DEFTER_PORT_OFFSET'] || '0';
  const shift = /^\d{1,5}$/.test(text) ? parseInt(text, 10) : Number.NaN;
  if (shift <= MAX_OFFSET) return shift;
  throw new SetupError(
    `DEFTER_PORT_OFFSET is ${JSON.stringify(text)}`,
    `Make it a whole number from 0 to ${MAX_OFFSET}`,
  );
}
