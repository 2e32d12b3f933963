// The Docker engine, as far as tests ask something of it.
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { SERVER_IMAGES } from '@defter/cluster';
import { RUN_LABEL, SetupError } from '@defter/embedded';

const INSTALL =
  'On Debian: apt-get install docker.io, then start dockerd; without containers: ./defter test int';
const LOCAL = 'Servers use this machine’s files and loopback: name its own socket, unix://…';
const GONE_AFTER_MS = 30_000;
const EMPTY_LOOKS = 2;
const LOOK_EVERY_MS = 200;

/** Throws SetupError where no engine answers, or one that can't run servers on this machine's files. */
export function requireEngine(): void {
  const host = process.env['DOCKER_HOST'] ?? '';
  if (host !== '' && !host.startsWith('unix://'))
    throw new SetupError(`DOCKER_HOST is ${host}, an engine that may be another machine's`, LOCAL);
  const { error, status, stdout, stderr } = ask('info', '--format', '{{json .}}');
  if (error !== undefined) throw new SetupError('The command docker is missing', INSTALL);
  const answer = engineOf(stdout);
  if (status !== 0 || answer === undefined)
    throw new SetupError(`No Docker engine answers (${stderr.trim().replace(/\.$/, '')})`, INSTALL);
  const refusal = refusalOf(answer);
  if (refusal !== undefined) throw new SetupError(refusal, 'Name the one of this machine: DOCKER_HOST');
}

/** What we read of an engine's account of itself. */
export interface Engine {
  readonly ServerVersion?: string;
  readonly OSType?: string;
  readonly SecurityOptions?: readonly string[];
}

/** Docker's client writes one even when no engine answers; then there is no version in it. */
function engineOf(text: string): Engine | undefined {
  try {
    const engine = JSON.parse(text) as Engine;
    return (engine.ServerVersion ?? '') === '' ? undefined : engine;
  } catch {
    return undefined;
  }
}

/** Why servers can't run in this engine: they use this machine's loopback, its files and their owners. */
export function refusalOf({ OSType, SecurityOptions }: Engine): string | undefined {
  if (OSType !== 'linux') return `The Docker engine is one for ${OSType ?? 'something else'}, not for Linux`;
  const options = (SecurityOptions ?? []).flatMap((each) => each.split(','));
  if (options.some((each) => /^name=(?:rootless|userns)$/.test(each)))
    return 'The Docker engine gives files other owners (rootless, or userns-remap), which PostgreSQL refuses';
  return undefined;
}

/** Hands an image's archive to the engine. */
export const loadImage = (file: string): void => void docker('load', '--quiet', '--input', file);

/**
 * Removes containers and images of the runs that are meant. A client that dies may have asked for another
 * container a moment ago, so it is looked for until none was there twice. What another run that cleans up has
 * removed meanwhile is gone, too. @throws Error when something stays
 */
export async function removeRuns(isMeant: (run: string) => boolean): Promise<void> {
  const deadline = Date.now() + GONE_AFTER_MS;
  for (let empty = 0; empty < EMPTY_LOOKS;) {
    const containers = containersOf(isMeant);
    const images = containers.length === 0 ? imagesOf(isMeant) : [];
    const left = [...containers, ...images];
    empty = left.length === 0 ? empty + 1 : 0;
    if (left.length > 0 && Date.now() > deadline) throw new Error(`these don't go away: ${left.join(', ')}`);
    // One that is going already is an error to Docker, and none to us.
    if (containers.length > 0) ask('rm', '--force', '--volumes', ...containers);
    if (images.length > 0) ask('rmi', ...images);
    await sleep(LOOK_EVERY_MS);
  }
}

function containersOf(isMeant: (run: string) => boolean): string[] {
  const format = `{{.ID}} {{.Label "${RUN_LABEL}"}}`;
  const found = docker('ps', '--all', '--filter', `label=${RUN_LABEL}`, '--format', format);
  return meant(found, isMeant).map(([id]) => id);
}

function imagesOf(isMeant: (run: string) => boolean): string[] {
  const format = '{{.Repository}} {{.Tag}}';
  const found = docker('images', '--filter', `reference=${SERVER_IMAGES}/*`, '--format', format);
  return meant(found, isMeant).map(([name, tag]) => `${name}:${tag}`);
}

const meant = (lines: string, isMeant: (run: string) => boolean): [what: string, run: string][] =>
  lines
    .split('\n')
    .map((line): [string, string] => [line.split(' ')[0] ?? '', line.split(' ')[1] ?? ''])
    .filter(([what, run]) => what !== '' && isMeant(run));

const ask = (...args: readonly string[]): SpawnSyncReturns<string> =>
  spawnSync('docker', args, { encoding: 'utf8', env: process.env });

function docker(...args: readonly string[]): string {
  const { status, stdout, stderr } = ask(...args);
  if (status === 0) return stdout;
  throw new Error(`docker ${args.join(' ')} failed: ${stderr.trim()}`);
}
