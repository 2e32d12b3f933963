import { shapesOf } from '@defter/platform';
import { stringify } from 'yaml';
import { allTopics } from './topic-registry.js';

const HEADER = '# Made from the contracts (./defter cluster generate): a test compares them.\n';

/** A KafkaTopic of each declared topic and of its dead letters, as the services would make it themselves. */
export function topicManifests(): string {
  const topics = shapesOf(allTopics()).sort((a, b) => (a.name < b.name ? -1 : 1));
  const documents = topics.map(({ name, partitions, retentionMs, compacted }) =>
    stringify({
      apiVersion: 'kafka.strimzi.io/v1',
      kind: 'KafkaTopic',
      metadata: { name, labels: { 'strimzi.io/cluster': 'defter' } },
      spec: {
        partitions,
        replicas: 3,
        config: {
          'min.insync.replicas': 2,
          'retention.ms': retentionMs,
          'cleanup.policy': compacted ? 'compact' : 'delete',
        },
      },
    }),
  );
  return HEADER + documents.join('---\n');
}
