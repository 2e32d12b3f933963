// A server in a container instead of as a process of this machine: the same program with the same arguments,
// in front of us the same child. `./defter test --containers` asks for it, by the images' names in the
// environment.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { userInfo } from 'node:os';
import type { Container, ServerCommand } from './server-command.js';
import { SetupError } from './setup-error.js';

/** Where the images that we make have their parts. */
export const IN_IMAGE = {
  postgres: '/opt/postgres',
  java: '/opt/java',
  kafkaLibs: '/opt/kafka/libs',
  kafkaLogging: '/opt/kafka/log4j2.properties',
} as const;

/** The variables that name the images; the servers run as processes where there are none. */
export const IMAGE_VARIABLES = {
  postgres: 'DEFTER_POSTGRES_IMAGE',
  kafka: 'DEFTER_KAFKA_IMAGE',
} as const;

/** Names the run that containers belong to: who began it removes what is left of it. */
export const RUN_VARIABLE = 'DEFTER_CONTAINER_RUN';

/** The image that a server is to run in, else nothing. */
export function imageOf(server: keyof typeof IMAGE_VARIABLES): string | undefined {
  const image = process.env[IMAGE_VARIABLES[server]];
  return image === '' ? undefined : image;
}

/** The same name for the same server, so that one that a dead run has left is found. */
const nameOf = ({ pidFile }: ServerCommand): string =>
  `defter-${createHash('sha256').update(pidFile).digest('hex').slice(0, 16)}`;

/**
 * How a server is started in its container. Docker's client stays in front of it as our child: it hands on
 * every signal but SIGKILL, and ends as the server does. On the host's network the server listens on
 * loopback, as it would without a container.
 */
export function dockerRun(server: ServerCommand, { image, folders }: Container): readonly string[] {
  const { command, args, env = {}, cwd = '/', user } = server;
  const { uid, gid } = user ?? userInfo();
  const given = Object.entries(env).filter(([name]) => name !== 'PATH');
  return [
    ...[
      'docker',
      'run',
      '--rm',
      '--network=host',
      '--shm-size=1g',
      `--name=${nameOf(server)}`,
      `--label=defter=${process.env[RUN_VARIABLE] ?? ''}`,
    ],
    ...[`--user=${uid}:${gid}`, `--workdir=${cwd}`],
    ...folders.map((folder) => `--volume=${folder}:${folder}`),
    ...given.map(([name, value]) => `--env=${name}=${value ?? ''}`),
    ...[image, command, ...args],
  ];
}

/** Ends the container at once, and removes it; fine when there is none. */
export function dockerKill(server: ServerCommand): void {
  const { error } = spawnSync('docker', ['rm', '--force', '--volumes', nameOf(server)], { stdio: 'ignore' });
  if (error !== undefined)
    throw new SetupError('The command docker is missing', 'Install it: apt-get install docker.io');
}
