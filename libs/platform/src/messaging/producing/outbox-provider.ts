import type { Provider } from '@nestjs/common';
import { Database } from '../../postgres/database.js';
import { CrashPoints } from '../../service/crash-points.js';
import { Lifecycle } from '../../service/lifecycle.js';
import { Logger } from '../../service/logger.js';
import { Metrics } from '../../service/metrics.js';
import { Messaging } from '../messaging.js';
import { OutboxRelay } from './outbox-relay.js';

/**
 * Publishes the service's outbox in every process of the role that lists this; one of them works at a time.
 */
export function outboxRelay(): Provider {
  return {
    provide: OutboxRelay,
    inject: [Database, Messaging, Lifecycle, Logger, Metrics, CrashPoints],
    // One parameter per injected thing is Nest's form of a factory.
    useFactory: (
      ...[database, messaging, lifecycle, logger, metrics, crash]: [
        Database,
        Messaging,
        Lifecycle,
        Logger,
        Metrics,
        CrashPoints,
      ]
    ) => {
      const relay = new OutboxRelay({ database, messaging, logger, metrics, crash });
      lifecycle.register(relay);
      return relay;
    },
  };
}
