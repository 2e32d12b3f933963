import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { KafkaLogin } from '../messaging/kafka/kafka-login.js';
import type { KafkaConfig } from './base-config.js';
import { ConfigError } from './config.js';
import type { Logger } from './logger.js';

/** The login to Kafka that the configuration describes. @throws ConfigError with all contradictions */
export function kafkaLoginOf(config: Partial<KafkaConfig>, logger: Logger): KafkaLogin {
  const problems = contradictionsOf(config);
  const { kafkaUser: name, kafkaPassword, kafkaPasswordFile, kafkaTls, kafkaCaFile } = config;
  const read = (env: string, path: string, check: (text: string) => void) => {
    const file = new LatestFile(env, path, { check, logger });
    problems.push(...file.problems());
    return () => file.text();
  };
  const filed = kafkaPasswordFile && read('KAFKA_PASSWORD_FILE', kafkaPasswordFile, checkPassword);
  const ca = kafkaCaFile ? read('KAFKA_CA_FILE', kafkaCaFile, checkCertificate) : undefined;
  if (problems.length > 0) throw new ConfigError(problems);
  const password = filed ? () => withoutLineEnd(filed()) : () => kafkaPassword ?? '';
  return {
    ...(name !== undefined && { user: { name, password } }),
    ...((kafkaTls === true || ca !== undefined) && { tls: ca === undefined ? {} : { ca } }),
  };
}

function contradictionsOf(config: Partial<KafkaConfig>): string[] {
  const { kafkaUser, kafkaPassword, kafkaPasswordFile, kafkaTls, kafkaCaFile } = config;
  const passwords = [kafkaPassword, kafkaPasswordFile].filter((each) => each !== undefined).length;
  return [
    ...(kafkaUser !== undefined && passwords === 0
      ? ['KAFKA_USER has no password: name its file in KAFKA_PASSWORD_FILE, or give it in KAFKA_PASSWORD']
      : []),
    ...(kafkaUser === undefined && passwords > 0
      ? ['There is a password for Kafka, but no KAFKA_USER that says whose: give it, or leave both out']
      : []),
    ...(passwords > 1 ? ['KAFKA_PASSWORD and KAFKA_PASSWORD_FILE are both there: keep one of them'] : []),
    ...(kafkaTls === false && kafkaCaFile !== undefined
      ? ['KAFKA_TLS is false, but KAFKA_CA_FILE says what to check certificates against: drop one of them']
      : []),
  ];
}

const withoutLineEnd = (text: string): string => text.replace(/\r?\n$/, '');

function checkPassword(text: string): void {
  if (withoutLineEnd(text) === '') throw new Error('it is empty');
  if (withoutLineEnd(text).includes('\n')) throw new Error('it has several lines, a password has one');
}

function checkCertificate(text: string): void {
  try {
    new X509Certificate(text);
  } catch {
    throw new Error('it holds no certificate in PEM form');
  }
}

interface Care {
  /** Throws an Error whose message says what is wrong with the content. */
  readonly check: (text: string) => void;
  readonly logger: Logger;
}

/** A file that may be replaced while we run; while it can't be used, what it last said. */
class LatestFile {
  private last = '';

  constructor(
    private readonly env: string,
    private readonly path: string,
    private readonly care: Care,
  ) {}

  /** What is wrong with it at the start; nothing when it is fine. */
  problems(): string[] {
    try {
      this.look();
      return [];
    } catch (error) {
      return [this.complaint(error)];
    }
  }

  text(): string {
    try {
      this.look();
    } catch (error) {
      this.care.logger.error(`Keeping what it last said: ${this.complaint(error)}`);
    }
    return this.last;
  }

  private look(): void {
    const text = readFileSync(this.path, 'utf8');
    this.care.check(text);
    this.last = text;
  }

  /** Of the content no word: it may be a secret. */
  private complaint(error: unknown): string {
    return `${this.env} can't be used: ${(error as Error).message} (it is "${this.path}")`;
  }
}
