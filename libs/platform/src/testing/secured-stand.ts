import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  grantKafkaRights,
  scratchFolder,
  setKafkaPassword,
  startKafka,
  type KafkaAcl,
  type KafkaServer,
  type SecuredListener,
} from '@defter/testing';
import { kafkaMessaging } from '../messaging/kafka/kafka-messaging.js';
import type { Messaging } from '../messaging/messaging.js';
import { createLogger, type Logger } from '../service/logger.js';
import { kafkaLoginOf } from '../service/kafka-login-config.js';
import { openMessaging } from './messaging-stand.js';

/** A user of the broker as a service knows it. */
export interface TestUser {
  readonly name: string;
  readonly passwordFile: string;
  /** Changes the broker's mind only. */
  changePassword(password: string): Promise<void>;
}

/** A broker of its own that asks for users and rights, and the administrator's way to it. */
export class SecuredStand {
  readonly dir = scratchFolder('secured-kafka');

  private constructor(
    readonly kafka: KafkaServer,
    readonly listener: SecuredListener,
    readonly admin: Messaging,
  ) {}

  static async start(secured: true | { sessionMs: number } = true): Promise<SecuredStand> {
    const kafka = await startKafka({ dir: scratchFolder('secured-broker'), secured });
    if (kafka.secured === undefined) throw new Error('the broker has no second listener');
    return new SecuredStand(kafka, kafka.secured, await openMessaging([kafka.brokers]));
  }

  async stop(): Promise<void> {
    await this.admin.close();
    await this.kafka.stop();
  }

  async user(name: string, acls: readonly KafkaAcl[]): Promise<TestUser> {
    const password = randomBytes(16).toString('hex');
    const passwordFile = join(this.dir, name);
    // Most editors and `echo` end a file so.
    writeFileSync(passwordFile, `${password}\n`);
    const changePassword = (next: string) => setKafkaPassword(this.kafka.brokers, name, next);
    await changePassword(password);
    await this.grant(name, acls);
    return { name, passwordFile, changePassword };
  }

  async grant(name: string, acls: readonly KafkaAcl[]): Promise<void> {
    const user = { metadata: { name }, spec: { authorization: { acls } } };
    if (acls.length > 0) await grantKafkaRights(this.kafka.brokers, [user]);
  }

  /** The environment of a service with this user. */
  env({ name, passwordFile }: Pick<TestUser, 'name' | 'passwordFile'>): Record<string, string> {
    const { brokers, caFile } = this.listener;
    return {
      KAFKA_BROKERS: brokers,
      KAFKA_USER: name,
      KAFKA_PASSWORD_FILE: passwordFile,
      KAFKA_CA_FILE: caFile,
    };
  }

  /** Messaging as a service with this user has it. */
  messaging({ name, passwordFile }: TestUser, logger: Logger): Messaging {
    const { brokers, caFile: kafkaCaFile } = this.listener;
    const login = kafkaLoginOf({ kafkaUser: name, kafkaPasswordFile: passwordFile, kafkaCaFile }, logger);
    return kafkaMessaging({ brokers: brokers.split(','), clientId: name, logger, login });
  }
}

/** A logger whose lines can be looked at. */
export function overheard(): { logger: Logger; said(): string } {
  const lines: string[] = [];
  const logger = createLogger('test', 'info', { write: (line) => void lines.push(line) });
  return { logger, said: () => lines.join('') };
}

export const passwordIn = ({ passwordFile }: TestUser): string => readFileSync(passwordFile, 'utf8').trim();

const topic = (name: string, ...operations: KafkaAcl['operations']): KafkaAcl => ({
  resource: { type: 'topic', name, patternType: 'literal' },
  operations,
});

/** Entries of a KafkaUser, as short as a test wants them. */
export const may = {
  read: (name: string) => topic(name, 'Read', 'Describe'),
  write: (name: string) => topic(name, 'Write', 'Describe'),
  see: (name: string) => topic(name, 'Describe'),
  groups: (prefix: string): KafkaAcl => ({
    resource: { type: 'group', name: prefix, patternType: 'prefix' },
    operations: ['Read'],
  }),
};
