// PostgreSQL and Kafka as images, made of what runs without containers: the same versions, and no registry.
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { IN_IMAGE, LOGGING_FILE, mustRun, postgresHome, prepareKafka } from '@defter/embedded';
import { layLibraries, layUsers } from './layers.js';
import { writeArchive } from './oci-archive.js';

/** The image of a server: its name, and the archive that `docker load` takes. */
export interface ServerImage {
  readonly name: string;
  readonly file: string;
}

/** What the names of these images begin with. */
export const SERVER_IMAGES = 'defter-test';

/** Makes both in a folder, under a tag. */
export async function makeServerImages(
  folder: string,
  tag: string,
): Promise<Record<'postgres' | 'kafka', ServerImage>> {
  mkdirSync(folder, { recursive: true });
  const kafka = await prepareKafka();
  return {
    postgres: await make('postgres', { folder, tag }, (root) => layPostgres(root)),
    kafka: await make('kafka', { folder, tag }, (root) => layKafka(root, kafka.java.command, kafka.libs)),
  };
}

async function make(
  server: string,
  { folder, tag }: { folder: string; tag: string },
  lay: (root: string) => Promise<void>,
): Promise<ServerImage> {
  const name = `${SERVER_IMAGES}/${server}`;
  const file = join(folder, `${server}.tar`);
  const parts = mkdtempSync(join(tmpdir(), 'defter-image-'));
  try {
    const root = join(parts, 'root');
    mkdirSync(root);
    await lay(root);
    const config = { user: '65534:65534', workingDir: '/', entrypoint: [], env: ['TZ=UTC'], labels: {} };
    const layers = [{ name: server, folder: root }];
    await writeArchive(file, { folder: join(parts, 'image'), name, tag, layers, config });
    return { name: `${name}:${tag}`, file };
  } finally {
    rmSync(parts, { recursive: true, force: true });
  }
}

async function layPostgres(root: string): Promise<void> {
  const home = postgresHome(undefined);
  cpSync(home, join(root, IN_IMAGE.postgres), { recursive: true, verbatimSymlinks: true });
  await layLibraries(root, await programsIn(join(root, IN_IMAGE.postgres)));
  layUsers(root);
}

async function layKafka(root: string, java: string, libs: string): Promise<void> {
  const program = realpathSync((await mustRun('sh', ['-c', `command -v ${java}`])).trim());
  const home = dirname(dirname(program));
  // Debian's Java links its settings to /etc, and some things to packages that aren't here.
  const needed = (path: string): boolean =>
    existsSync(path) && !/\/(?:docs|legal|man|jmods|include)$/.test(path);
  cpSync(home, join(root, IN_IMAGE.java), { recursive: true, dereference: true, filter: needed });
  cpSync(libs, join(root, IN_IMAGE.kafkaLibs), { recursive: true });
  cpSync(LOGGING_FILE, join(root, IN_IMAGE.kafkaLogging));
  await layLibraries(root, await programsIn(join(root, IN_IMAGE.java)));
  layUsers(root);
}

/** Programs and libraries below a folder: what may need libraries of the machine. */
async function programsIn(folder: string): Promise<string[]> {
  const found = await mustRun('find', [
    folder,
    '-type',
    'f',
    '(',
    '-perm',
    '-u+x',
    '-o',
    '-name',
    '*.so*',
    ')',
  ]);
  return found.split('\n').filter((line) => line !== '');
}
