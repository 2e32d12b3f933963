import kafkajs from 'kafkajs';
import type { ChaosWorld } from './chaos-world.js';

/** A message in the place of a service that doesn't run here, or that never says such a thing. */
export interface ByHand {
  readonly topic: string;
  readonly key: string;
  readonly id: string;
  readonly type: string;
  readonly body: object;
}

/** Puts messages straight onto Kafka, in their order. */
export const sendByHand = async (
  { stack, stage }: ChaosWorld,
  messages: readonly ByHand[],
): Promise<void> => {
  const kafka = new kafkajs.Kafka({ brokers: [stack.kafka.brokers], logLevel: kafkajs.logLevel.ERROR });
  const producer = kafka.producer();
  await producer.connect();
  for (const { topic, key, id, type, body } of messages) {
    const headers = {
      ...{ ce_specversion: '1.0', ce_id: id, ce_source: 'chaos', ce_type: type },
      ...{ ce_time: new Date().toISOString(), ce_tenantid: stage.tenant.id },
      'content-type': 'application/json',
    };
    await producer.send({ topic, messages: [{ key, value: JSON.stringify(body), headers }] });
  }
  await producer.disconnect();
};
