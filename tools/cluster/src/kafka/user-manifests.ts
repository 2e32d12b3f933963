import type { KafkaAcl, KafkaUser } from '@defter/embedded';
import { deadTopicOf } from '@defter/platform';
import { stringify } from 'yaml';
import { consumedTopics, deadLettersRead, producedTopics } from './consumed-topics.js';

const HEADER = `# Made from the services' declarations (./defter cluster generate): a test compares them.
# Strimzi's user operator gives each user a password, in a Secret of its name (key: password), and exactly
# these rights.
`;

/** The user of each service on Kafka, by the service's name. */
export const userOf = (service: string): string => `defter-${service}`;

/**
 * Scales workers by what waits for them (KEDA): it may see how far topics and groups are, and read nothing.
 */
const SCALER = userOf('keda');

/** A KafkaUser for each service that talks to Kafka, and one for the scaler. */
export function userManifests(): string {
  return HEADER + kafkaUsers().map(toManifest).join('---\n');
}

/** The users with their rights; what nobody declares nobody may. */
export function kafkaUsers(): KafkaUser[] {
  const [consumed, produced, dead] = [consumedTopics(), producedTopics(), deadLettersRead()];
  const services = [...new Set([consumed, produced, dead].flatMap(Object.keys))].sort();
  const users = services.map((service) =>
    userWith(userOf(service), [
      ...topicRights(consumed[service] ?? [], produced[service] ?? [], dead[service] ?? []),
      // Its groups are <service>:<topic>.
      group(`${service}:`, 'prefix', 'Read'),
      ...(dead[service] === undefined ? [] : [group(`${service}-dead-letters`, 'literal', 'Read')]),
    ]),
  );
  return [...users, userWith(SCALER, scalerRights(consumed))];
}

/**
 * Read what it consumes; write what it produces, and the dead letters of what it consumes. At its start a
 * service compares all its topics, and their dead letters, with what they should be: so it may see those too.
 */
function topicRights(
  consumed: readonly string[],
  produced: readonly string[],
  deadRead: readonly string[],
): KafkaAcl[] {
  const rights = new Map<string, Set<Right>>();
  const allow = (topic: string, ...more: readonly Right[]): void => {
    const known = rights.get(topic) ?? new Set<Right>();
    for (const right of more) known.add(right);
    rights.set(topic, known);
  };
  for (const name of consumed) {
    allow(name, 'Read', 'Describe');
    allow(deadTopicOf(name), 'Write', 'Describe');
  }
  for (const name of produced) {
    allow(name, 'Write', 'Describe');
    allow(deadTopicOf(name), 'Describe');
  }
  for (const name of deadRead) allow(deadTopicOf(name), 'Read', 'Describe');
  return [...rights].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, set]) => topic(name, ...set));
}

/** Of each consumer group and its topic, how far it is. */
function scalerRights(consumed: Readonly<Record<string, readonly string[]>>): KafkaAcl[] {
  const topics = [...new Set(Object.values(consumed).flat())].sort();
  const groups = Object.keys(consumed).map((service) => group(`${service}:`, 'prefix', 'Describe'));
  return [...topics.map((name) => topic(name, 'Describe')), ...groups];
}

type Right = KafkaAcl['operations'][number];

const ORDER: readonly Right[] = ['Read', 'Write', 'Describe'];

const topic = (name: string, ...operations: readonly Right[]): KafkaAcl => ({
  resource: { type: 'topic', name, patternType: 'literal' },
  operations: ORDER.filter((each) => operations.includes(each)),
});

const group = (name: string, patternType: 'literal' | 'prefix', operation: Right): KafkaAcl => ({
  resource: { type: 'group', name, patternType },
  operations: [operation],
});

const userWith = (name: string, acls: readonly KafkaAcl[]): KafkaUser => ({
  metadata: { name },
  spec: { authorization: { acls } },
});

function toManifest({ metadata, spec }: KafkaUser): string {
  return stringify(
    {
      apiVersion: 'kafka.strimzi.io/v1',
      kind: 'KafkaUser',
      metadata: { ...metadata, labels: { 'strimzi.io/cluster': 'defter' } },
      spec: {
        authentication: { type: 'scram-sha-512' },
        authorization: { type: 'simple', acls: spec.authorization.acls },
      },
    },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
}
