import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun, SERVICES } from '@defter/embedded';
import { makeImages, type MadeImage } from '../images/make-images.js';
import { writeArchive } from '../images/oci-archive.js';
import type { NodePrograms } from './node-packages.js';

/** No registry is asked for these: nodes have them already. */
export const REGISTRY = 'registry.invalid/defter';
const PAUSE = `${REGISTRY}/pause`;
export const PAUSE_IMAGE = `${PAUSE}:latest`;

/** Images for nodes, and the file with the digests for the chart. */
export interface NodeImages {
  readonly services: readonly MadeImage[];
  readonly pause: string;
  readonly digests: string;
}

/** Makes all of them in a folder. */
export async function makeNodeImages(folder: string, { root }: NodePrograms): Promise<NodeImages> {
  mkdirSync(folder, { recursive: true });
  const services = await makeImages(
    SERVICES.map(({ name }) => name),
    folder,
  );
  const pause = join(folder, 'pause.tar');
  await makePause(pause, root);
  return { services, pause, digests: join(folder, 'digests.yaml') };
}

/** Holds a pod's network while its containers come and go; it does nothing but wait. */
async function makePause(file: string, root: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'defter-pause-'));
  const content = join(folder, 'content');
  try {
    mkdirSync(join(content, 'bin'), { recursive: true });
    copyFileSync(join(root, 'bin/busybox'), join(content, 'bin/busybox'));
    chmodSync(join(content, 'bin/busybox'), 0o755);
    await writeArchive(file, {
      folder: join(folder, 'image'),
      name: PAUSE,
      layers: [{ name: 'busybox', folder: content }],
      config: {
        user: '65535:65535',
        workingDir: '/',
        entrypoint: ['/bin/busybox', 'sleep', 'infinity'],
        env: ['PATH=/bin'],
        labels: {},
      },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Puts them into a containerd under the names that the chart uses. `ctr` runs it on that node. */
export async function importImages(
  { services, pause }: NodeImages,
  ctr: readonly [string, ...string[]],
): Promise<void> {
  const [command, ...rest] = ctr;
  const imports = (file: string, ...more: readonly string[]): Promise<string> =>
    mustRun(command, [...rest, '-n', 'k8s.io', 'images', 'import', ...more, file]);
  await imports(pause, '--base-name', PAUSE);
  for (const { service, file } of services)
    await imports(file, '--digests', '--base-name', `${REGISTRY}/${service}`);
}
