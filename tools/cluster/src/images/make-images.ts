import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT } from '@defter/embedded';
import { layCode, layPackages, layRuntime, USER } from './layers.js';
import { writeArchive, type ImageConfig } from './oci-archive.js';
import { packageClosure } from './package-closure.js';
import { reachableFrom } from './reachable-files.js';
import { sbomOf } from './sbom.js';

/** An image that was made. */
export interface MadeImage {
  readonly service: string;
  readonly digest: string;
  /** An OCI archive; `docker load` and `ctr images import` take it. */
  readonly file: string;
}

/** Makes the images of these services in a folder, and `digests.yaml` beside them for the chart. */
export async function makeImages(services: readonly string[], folder: string): Promise<MadeImage[]> {
  const runtime = join(folder, 'parts/runtime');
  rmSync(join(folder, 'parts'), { recursive: true, force: true });
  mkdirSync(runtime, { recursive: true });
  await layRuntime(runtime);
  const made: MadeImage[] = [];
  for (const service of services) made.push(await makeImage(service, folder, runtime));
  const lines = made.map(({ service, digest }) => `  ${service}: { digest: '${digest}' }\n`);
  writeFileSync(join(folder, 'digests.yaml'), `services:\n${lines.join('')}`);
  rmSync(join(folder, 'parts'), { recursive: true, force: true });
  return made;
}

async function makeImage(service: string, folder: string, runtime: string): Promise<MadeImage> {
  const parts = join(folder, 'parts', service);
  const [packages, code] = ['packages', 'code'].map((name) => join(parts, name)) as [string, string];
  for (const part of [packages, code, join(parts, 'image')]) mkdirSync(part, { recursive: true });
  const reachable = reachableFrom(service);
  const installed = packageClosure(reachable.packages);
  layPackages(packages, installed);
  const { version } = JSON.parse(readFileSync(join(CHECKOUT, 'package.json'), 'utf8')) as { version: string };
  const sbom = sbomOf(service, version, installed);
  layCode(code, reachable, sbom);
  writeFileSync(join(folder, `${service}.sbom.json`), JSON.stringify(sbom, null, 2));
  const file = join(folder, `${service}.tar`);
  const digest = await writeArchive(file, {
    folder: join(parts, 'image'),
    name: `defter/${service}`,
    layers: [
      { name: 'runtime', folder: runtime },
      { name: 'packages', folder: packages },
      { name: 'code', folder: code },
    ],
    config: configOf(service, version),
  });
  return { service, digest, file };
}

/** As images/Dockerfile says it. */
export const ENTRYPOINT = [
  '/usr/local/bin/node',
  '--enable-source-maps',
  '--max-semi-space-size=32',
  '--disable-warning=TimeoutNegativeWarning',
  'dist/main.js',
];

const configOf = (service: string, version: string): ImageConfig => ({
  user: `${USER}:${USER}`,
  workingDir: `/app/apps/${service}`,
  entrypoint: ENTRYPOINT,
  env: ['PATH=/usr/local/bin', 'NODE_ENV=production', 'TZ=UTC'],
  labels: { 'org.opencontainers.image.title': service, 'org.opencontainers.image.version': version },
});
