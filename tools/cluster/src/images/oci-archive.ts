// An image as one file, without Docker: https://github.com/opencontainers/image-spec. Layers are not
// compressed, so that the same content has the same digest whatever zlib made it.
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from '@defter/embedded';

/** A layer: the folder whose content it is. */
export interface Layer {
  readonly name: string;
  readonly folder: string;
}

/** What a container of the image starts as. */
export interface ImageConfig {
  readonly user: string;
  readonly workingDir: string;
  readonly entrypoint: readonly string[];
  readonly env: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const MEDIA = 'application/vnd.oci.image';
const EPOCH = '1970-01-01T00:00:00Z';
// The same files make the same bytes: no order, time or owner of this machine.
const STABLE = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--format=gnu'];

/** Writes `<file>` and gives the image's digest. `folder` is used for parts. */
export async function writeArchive(
  file: string,
  {
    folder,
    name,
    tag = 'latest',
    layers,
    config,
  }: { folder: string; name: string; tag?: string; layers: readonly Layer[]; config: ImageConfig },
): Promise<string> {
  const blobs = join(folder, 'blobs/sha256');
  mkdirSync(blobs, { recursive: true });
  const made: Descriptor[] = [];
  for (const layer of layers) made.push(await layerOf(blobs, layer));
  const settings = blobOf(blobs, `${MEDIA}.config.v1+json`, configOf(config, layers, made));
  const manifest = {
    schemaVersion: 2,
    mediaType: `${MEDIA}.manifest.v1+json`,
    config: settings,
    layers: made,
  };
  const image = blobOf(blobs, `${MEDIA}.manifest.v1+json`, manifest);
  const annotations = {
    'org.opencontainers.image.ref.name': tag,
    'io.containerd.image.name': `${fullName(name)}:${tag}`,
  };
  const index = { schemaVersion: 2, manifests: [{ ...image, annotations }] };
  writeFileSync(join(folder, 'index.json'), JSON.stringify(index));
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  // For `docker load`, which reads this one where it doesn't know the other.
  const paths = made.map(({ digest }) => blobPath(digest));
  const docker = [{ Config: blobPath(settings.digest), RepoTags: [`${name}:${tag}`], Layers: paths }];
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(docker));
  await mustRun('tar', [
    ...STABLE,
    '-cf',
    file,
    '-C',
    folder,
    'blobs',
    'index.json',
    'manifest.json',
    'oci-layout',
  ]);
  return image.digest;
}

/** As Docker completes a name: containerd doesn't, and Kubernetes finds images by complete names only. */
const fullName = (name: string): string =>
  `${(name.split('/')[0] ?? '').includes('.') ? '' : 'docker.io/'}${name}`;

const blobPath = (digest: string): string => `blobs/${digest.replace(':', '/')}`;

async function layerOf(blobs: string, { name, folder }: Layer): Promise<Descriptor> {
  const file = join(blobs, `${name}.tar`);
  await mustRun('tar', [...STABLE, '--mode=u+rwX,go+rX,go-w', '-cf', file, '-C', folder, '.']);
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  const digest = hash.digest('hex');
  const { size } = statSync(file);
  renameSync(file, join(blobs, digest));
  return { mediaType: `${MEDIA}.layer.v1.tar`, digest: `sha256:${digest}`, size };
}

function blobOf(blobs: string, mediaType: string, content: object): Descriptor {
  const text = JSON.stringify(content);
  const digest = createHash('sha256').update(text).digest('hex');
  writeFileSync(join(blobs, digest), text);
  return { mediaType, digest: `sha256:${digest}`, size: Buffer.byteLength(text) };
}

function configOf(config: ImageConfig, layers: readonly Layer[], made: readonly Descriptor[]): object {
  return {
    created: EPOCH,
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: {
      User: config.user,
      WorkingDir: config.workingDir,
      Entrypoint: config.entrypoint,
      Env: config.env,
      Labels: config.labels,
    },
    rootfs: { type: 'layers', diff_ids: made.map(({ digest }) => digest) },
    history: layers.map(({ name }) => ({ created: EPOCH, created_by: `defter images: ${name}` })),
  };
}
