import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { SetupError } from './setup-error.js';

const MINIMUM = 17;
const INSTALL = 'Install it: apt-get install openjdk-17-jre-headless maven';

/** A Java runtime; `id` differs between builds, because archives of classes fit one build only. */
export interface Java {
  readonly command: string;
  readonly id: string;
}

/** Finds Java (JAVA_HOME, else PATH). Throws SetupError when it is missing or too old for the broker. */
export function findJava(): Java {
  const home = process.env['JAVA_HOME'];
  const command = home === undefined || home === '' ? 'java' : join(home, 'bin/java');
  const { stderr, status } = spawnSync(command, ['-version'], { encoding: 'utf8' });
  if (status !== 0) throw new SetupError('Java is missing, which the Kafka broker needs', INSTALL);
  const major = parseInt(/version "(\d+)/.exec(stderr)?.[1] ?? '0', 10);
  if (major < MINIMUM) throw new SetupError(`Java ${major} is too old for the Kafka broker`, INSTALL);
  return { command, id: createHash('sha256').update(stderr).digest('hex').slice(0, 12) };
}

/** Throws SetupError when Maven, which fetches the broker once, is missing. */
export function requireMaven(): void {
  if (spawnSync('mvn', ['-version']).status === 0) return;
  throw new SetupError('Maven is missing, which fetches the Kafka broker', INSTALL);
}
