import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT } from '@defter/embedded';

/** A package as it is installed; `path` is below the checkout. */
export interface InstalledPackage {
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly integrity: string;
}

interface LockEntry {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

interface Lock {
  readonly packages: Readonly<Record<string, LockEntry>>;
}

/**
 * These packages and all that they need to run, as package-lock.json has them. Throws when one of them is
 * not a production dependency: it would be missing after `npm ci --omit=dev`.
 */
export function packageClosure(names: readonly string[]): InstalledPackage[] {
  const lock = JSON.parse(readFileSync(join(CHECKOUT, 'package-lock.json'), 'utf8')) as Lock;
  const production = lock.packages['']?.dependencies ?? {};
  const strangers = names.filter((name) => !(name in production));
  if (strangers.length > 0)
    throw new Error(`not in the dependencies of package.json: ${strangers.join(', ')}`);
  const found = new Map<string, InstalledPackage>();
  const open = names.map((name) => ({ name, from: '', needed: true }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const path = locate(lock, next.name, next.from);
    if (path === undefined || !existsSync(join(CHECKOUT, path))) {
      if (next.needed) throw new Error(`${next.name}, which ${next.from} needs, is not installed`);
      continue;
    }
    if (found.has(path)) continue;
    const entry = lock.packages[path] ?? {};
    found.set(path, described(path, next.name, entry));
    open.push(...needsOf(entry).map((need) => ({ ...need, from: path })));
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

const described = (path: string, name: string, entry: LockEntry): InstalledPackage => ({
  path,
  name,
  version: entry.version ?? '',
  license: entry.license ?? '',
  integrity: entry.integrity ?? '',
});

function needsOf({
  dependencies,
  optionalDependencies,
  ...peers
}: LockEntry): { name: string; needed: boolean }[] {
  const { peerDependencies = {}, peerDependenciesMeta = {} } = peers;
  const asked = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true);
  return [
    ...[...Object.keys(dependencies ?? {}), ...asked].map((name) => ({ name, needed: true })),
    ...Object.keys(optionalDependencies ?? {}).map((name) => ({ name, needed: false })),
  ];
}

/** Where Node finds a package: in the node_modules of whoever asks, else of a folder above. */
function locate({ packages }: Lock, name: string, from: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (path in packages) return path;
    if (folder === '' || !folder.includes('/node_modules/')) {
      return folder === ''
        ? undefined
        : `node_modules/${name}` in packages
          ? `node_modules/${name}`
          : undefined;
    }
  }
}
