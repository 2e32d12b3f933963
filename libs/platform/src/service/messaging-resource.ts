import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { connectConsumers } from '../messaging/consuming/connect-consumers.js';
import { kafkaMessaging } from '../messaging/kafka/kafka-messaging.js';
import type { Messaging } from '../messaging/messaging.js';
import type { TopicDeclaration } from '../messaging/topic.js';
import type { Database } from '../postgres/database.js';
import type { BaseConfig, KafkaConfig } from './base-config.js';
import type { Role } from './definition.js';
import { kafkaLoginOf } from './kafka-login-config.js';
import type { Lifecycle } from './lifecycle.js';
import type { Logger } from './logger.js';
import type { Metrics } from './metrics.js';

interface Tools {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly lifecycle: Lifecycle;
}

/** The broker as a service has it. */
export interface MessagingResource {
  readonly messaging: Messaging;
  connectConsumers(app: NestFastifyApplication, database: Database | undefined): void;
}

/**
 * Messaging, when the configuration names brokers. The roles' topics are made at the start (it waits for
 * the broker); the service is unready while messages wait for a broker that doesn't take them.
 * @throws Error when a role has topics but there are no brokers
 * @throws ConfigError when the login to the brokers can't be what somebody meant
 */
export function openMessaging<C>(
  name: string,
  config: BaseConfig & Partial<KafkaConfig>,
  roles: readonly Role<C>[],
  { logger, metrics, lifecycle }: Tools,
): MessagingResource | undefined {
  const consumes = unique(roles.flatMap((role) => role.consumes ?? []));
  const topics = unique([...consumes, ...roles.flatMap((role) => role.produces ?? [])]);
  if (config.kafkaBrokers === undefined) {
    if (topics.length === 0) return undefined;
    throw new Error(`${name} has a role with topics, but its configuration has no kafkaBrokers`);
  }
  const { kafkaBrokers: brokers, kafkaSessionTimeoutMs: sessionTimeoutMs } = config;
  const login = kafkaLoginOf(config, logger);
  const messaging = kafkaMessaging({ brokers, clientId: name, logger, sessionTimeoutMs, login });
  lifecycle.register({
    name: 'messaging',
    start: () => (topics.length === 0 ? Promise.resolve() : messaging.ensureTopics(topics)),
    stop: () => Promise.resolve(),
    ready: () => messaging.healthy(),
  });
  return {
    messaging,
    connectConsumers: (app, database) => {
      if (consumes.length === 0) return;
      const onDeath = (error: unknown) => lifecycle.died('consumers', error);
      const options = { group: name, consumes, messaging, logger, metrics, onDeath };
      lifecycle.register(connectConsumers(app, database === undefined ? options : { ...options, database }));
    },
  };
}

/** Two roles of one process may name the same topic. */
function unique(topics: readonly TopicDeclaration[]): TopicDeclaration[] {
  return [...new Map(topics.map((topic) => [topic.name, topic])).values()];
}
