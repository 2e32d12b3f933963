import { InMemoryMessaging } from './in-memory-messaging.js';
import { messagingContract } from './messaging.contract.js';

messagingContract('InMemoryMessaging', () => new InMemoryMessaging());
