import type { Kafka } from 'kafkajs';
import type { Logger } from '../../service/logger.js';
import { refusalOf } from './kafka-refusal.js';

/** What all that talks to the brokers shares. */
export interface KafkaClient {
  readonly kafka: Kafka;
  readonly logger: Logger;
  /** Whom we log in as, for messages. */
  readonly user: string | undefined;
  readonly sessionTimeoutMs: number | undefined;
}

/** Says that something has to wait: why the broker refuses it, or else what it is that waits. */
export function tellWaiting(
  { logger, user }: KafkaClient,
  what: string,
  fields: Readonly<Record<string, unknown>> & { readonly error: unknown },
): void {
  const refusal = refusalOf(fields.error, user);
  logger.warn(refusal === undefined ? what : `${what}. ${refusal}`, fields);
}
