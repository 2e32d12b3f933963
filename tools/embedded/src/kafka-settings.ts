import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { doorProperties, type Door } from './kafka-door.js';

/** Where a broker keeps its data and listens; its controller is always on loopback. */
export interface BrokerPlace {
  readonly data: string;
  /** The address that clients are told; loopback unless said otherwise. */
  readonly host?: string;
  readonly port: number;
  readonly controllerPort: number;
  /** A second listener, with users and rights. */
  readonly door?: Door | undefined;
}

/** What a broker logs. */
export const LOGGING_FILE = fileURLToPath(new URL('../kafka/log4j2.properties', import.meta.url));

/** JVM flag that sends warnings to standard output and nothing else. */
export const LOGGING = `-Dlog4j2.configurationFile=${LOGGING_FILE}`;

/** The jars in a fixed order: an archive of classes fits only the very same class path. */
export const classPath = (libs: string): string =>
  readdirSync(libs)
    .filter((file) => file.endsWith('.jar'))
    .sort()
    .map((file) => join(libs, file))
    .join(':');

/** One node that is broker and controller (KRaft). Short broker sessions: back in seconds after kill -9. */
export function brokerProperties({ door, ...place }: BrokerPlace): string {
  const plain = plainProperties(place);
  return Object.entries(door === undefined ? plain : doorProperties(door, plain))
    .map(([name, value]) => `${name}=${String(value)}`)
    .join('\n');
}

function plainProperties({ data, host = '127.0.0.1', port, controllerPort }: BrokerPlace) {
  return {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://${host}:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://${host}:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': data,
    'auto.create.topics.enable': false,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1_000,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'num.network.threads': 2,
    'num.io.threads': 2,
    'log.cleaner.dedupe.buffer.size': 16_777_216,
    'broker.heartbeat.interval.ms': 500,
    'broker.session.timeout.ms': 1_500,
    'controller.quorum.election.timeout.ms': 500,
    'log.segment.bytes': 67_108_864,
  };
}
