// A server in a container instead of as a process of this machine: the same program with the same arguments,
// in front of us the same child. `./defter test --containers` asks for it, by the images' names in the
// environment.
import { createHash } from 'node:crypto';
import { userInfo } from 'node:os';
import { currentRun, RUN_LABEL } from './container-run.js';
import { run } from './run.js';
import type { Container, ServerCommand } from './server-command.js';

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

/** The image that a server is to run in, else nothing. */
export function imageOf(server: keyof typeof IMAGE_VARIABLES): string | undefined {
  const image = process.env[IMAGE_VARIABLES[server]];
  return image === '' ? undefined : image;
}

/** The same name for the same server, so that one that a dead run has left is found. */
export const containerName = (pidFile: string): string =>
  `defter-${createHash('sha256').update(pidFile).digest('hex').slice(0, 16)}`;

/**
 * What every container gets. The host's network: the server listens on loopback, as it would without a
 * container, and no port is published. An image that isn't here is not looked for in a registry. Nothing
 * but the data and /tmp (where Java unpacks its native libraries) can be written, and nobody becomes root.
 */
const ALWAYS = [
  ...['--rm', '--pull=never', '--network=host', '--log-driver=none'],
  ...['--read-only', '--tmpfs=/tmp:exec,mode=1777', '--shm-size=1g'],
  ...['--cap-drop=ALL', '--security-opt=no-new-privileges'],
];

/**
 * How a server is started in its container. Docker's client stays in front of it as our child: it hands on
 * every signal but SIGKILL, and ends as the server does.
 */
export function dockerRun(server: ServerCommand, { image, folders, memory }: Container): readonly string[] {
  const { command, args, env = {}, cwd = '/', user } = server;
  const { uid, gid } = user ?? userInfo();
  const given = Object.entries(env).filter(([name]) => name !== 'PATH');
  return [
    ...['docker', 'run', ...ALWAYS],
    ...[`--name=${containerName(server.pidFile)}`, `--label=${RUN_LABEL}=${currentRun()}`],
    ...[`--memory=${memory}`, `--memory-swap=${memory}`], // the same: no swap on top
    ...[`--user=${uid}:${gid}`, `--workdir=${cwd}`],
    ...folders.map((folder) => `--volume=${folder}:${folder}`),
    ...given.map(([name, value]) => `--env=${name}=${value ?? ''}`),
    ...[image, command, ...args],
  ];
}

/** Ends the container at once, and removes it; fine when there is none. */
export async function dockerKill(server: ServerCommand): Promise<void> {
  await run('docker', ['rm', '--force', '--volumes', containerName(server.pidFile)]);
}
