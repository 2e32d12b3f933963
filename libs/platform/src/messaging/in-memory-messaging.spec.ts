import { InMemoryMessaging } from './in-memory-messaging.js';
import { messagingContract } from '../testing/messaging-contract.js';

messagingContract('InMemoryMessaging', () => new InMemoryMessaging());
