import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeServerImages } from '@defter/cluster';
import { IMAGE_VARIABLES, RUN_VARIABLE, SetupError } from '@defter/embedded';

const INSTALL =
  'On Debian: apt-get install docker.io, then start its daemon; DOCKER_HOST names another engine';

/**
 * Makes the images of PostgreSQL and Kafka, hands them to the Docker engine, and runs `work` with the
 * variables that have servers started from them. What a crashed run left is removed afterwards.
 */
export async function withServerImages<T>(
  work: (env: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  requireEngine();
  const folder = mkdtempSync(join(tmpdir(), 'defter-server-images-'));
  const variables: Record<string, string> = { [RUN_VARIABLE]: `${process.pid}-${Date.now()}` };
  try {
    console.log('Making images of PostgreSQL and Kafka …');
    const { postgres, kafka } = await makeServerImages(folder);
    for (const { file } of [postgres, kafka]) docker('load', '--quiet', '--input', file);
    Object.assign(variables, {
      [IMAGE_VARIABLES.postgres]: postgres.name,
      [IMAGE_VARIABLES.kafka]: kafka.name,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  // Our own two servers, too.
  Object.assign(process.env, variables);
  try {
    return await work(variables);
  } finally {
    removeLeftovers(variables[RUN_VARIABLE] ?? '');
  }
}

function requireEngine(): void {
  const { error, status, stderr } = spawnSync('docker', ['version'], { encoding: 'utf8' });
  if (error !== undefined) throw new SetupError('The command docker is missing', INSTALL);
  if (status !== 0) throw new SetupError(`No Docker engine answers (${stderr.trim()})`, INSTALL);
}

function removeLeftovers(run: string): void {
  const left = docker('ps', '--all', '--quiet', '--filter', `label=defter=${run}`)
    .split('\n')
    .filter(Boolean);
  if (left.length > 0) docker('rm', '--force', '--volumes', ...left);
}

function docker(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('docker', args, { encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(`docker ${args.join(' ')} failed: ${stderr.trim()}`);
}
