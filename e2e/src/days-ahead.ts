import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigResourceTypes, Kafka, logLevel } from 'kafkajs';

const DAY_MS = 86_400_000;

/**
 * The NODE_OPTIONS of a stack whose reconciliation lives some days ahead of everybody else: it takes no
 * `as_of` that is still to come. Its leases are by the database's clock, and stay right.
 */
export const reconciliationAhead = (dir: string, days: number): string => {
  const preload = join(dir, 'ahead.mjs');
  writeFileSync(preload, clockAhead(days * DAY_MS));
  return `--import=${pathToFileURL(preload).href}`;
};

/** A broker refuses messages whose time is more than an hour ahead of its own; these topics take them. */
export const acceptTimesAhead = async (brokers: string, topics: readonly string[]): Promise<void> => {
  const admin = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const configEntries = [{ name: 'message.timestamp.after.max.ms', value: `${365 * DAY_MS}` }];
    const resources = topics.map((name) => ({ type: ConfigResourceTypes.TOPIC, name, configEntries }));
    await admin.alterConfigs({ validateOnly: false, resources });
  } finally {
    await admin.disconnect();
  }
};

const clockAhead = (ms: number): string => `
if (process.argv[1]?.includes('reconciliation')) {
  const Real = Date;
  globalThis.Date = class extends Real {
    constructor(...given) {
      if (given.length === 0) super(Real.now() + ${ms});
      else super(...given);
    }
    static now() {
      return Real.now() + ${ms};
    }
  };
}`;
