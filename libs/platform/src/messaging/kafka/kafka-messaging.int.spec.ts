import { testBroker } from '@defter/testing';
import { createLogger } from '../../service/logger.js';
import { messagingContract } from '../../testing/messaging-contract.js';
import { kafkaMessaging } from './kafka-messaging.js';

const brokers = await testBroker();
messagingContract('kafkaMessaging', () =>
  kafkaMessaging({
    brokers,
    clientId: 'test',
    logger: createLogger('test', process.env['LOG_LEVEL'] ?? 'silent'),
  }),
);
