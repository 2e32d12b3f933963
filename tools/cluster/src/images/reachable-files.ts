// What a service is made of, found by following its imports from dist/main.js: fixtures and laboratories are
// in dist too, and none of them belongs into production.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CHECKOUT } from '@defter/embedded';
import ts from 'typescript';

/** Paths are below the checkout. */
export interface Reachable {
  /** Our own files: built code with its source maps, and folders that it reads (migrations, protobuf). */
  readonly files: readonly string[];
  /** The names of our own packages by their folders, as `libs/kernel`. */
  readonly projects: ReadonlyMap<string, string>;
  /** Packages of others that are imported by name. */
  readonly packages: readonly string[];
}

const ASSET = /new URL\(\s*(["'])(\.\.?\/[^"']+\/)\1\s*,\s*import\.meta\.url\)/g;

/** Follows the imports of a service. Throws when it was not built, or imports what is not there. */
export function reachableFrom(service: string): Reachable {
  const projects = projectFolders();
  const found = { files: new Set<string>(), packages: new Set<string>() };
  const open = [join('apps', service, 'dist/main.js')];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (found.files.has(file)) continue;
    found.files.add(file);
    const source = readFileSync(join(CHECKOUT, file), 'utf8');
    for (const asset of assetsOf(file, source)) found.files.add(asset);
    for (const { fileName: specifier } of ts.preProcessFile(source).importedFiles) {
      if (specifier.startsWith('node:')) continue;
      const own = ownFile(file, specifier, projects);
      if (own === undefined) found.packages.add(packageOf(specifier));
      else open.push(own);
    }
  }
  const maps = [...found.files]
    .map((file) => `${file}.map`)
    .filter((file) => existsSync(join(CHECKOUT, file)));
  const named = [...projects].filter(([, folder]) =>
    [...found.files].some((file) => file.startsWith(`${folder}/`)),
  );
  return {
    files: [...found.files, ...maps],
    projects: new Map(named.map(([name, folder]) => [folder, name])),
    packages: [...found.packages].sort(),
  };
}

/** Folders that a file names beside its project's dist. */
const assetsOf = (file: string, source: string): string[] =>
  [...source.matchAll(ASSET)]
    .map(([, , folder = '']) => join(dirname(file), folder))
    .filter((folder) => existsSync(join(CHECKOUT, folder)));

function ownFile(from: string, specifier: string, projects: ReadonlyMap<string, string>): string | undefined {
  if (specifier.startsWith('.')) return join(dirname(from), specifier);
  const project = projects.get(packageOf(specifier));
  return project === undefined ? undefined : join(project, 'dist/index.js');
}

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** Our own packages: their folders by their names. */
function projectFolders(): Map<string, string> {
  const scope = join(CHECKOUT, 'node_modules/@defter');
  const { workspaces } = JSON.parse(readFileSync(join(CHECKOUT, 'package.json'), 'utf8')) as {
    workspaces: string[];
  };
  const folders = workspaces.flatMap((pattern) => expand(pattern));
  const named = folders.map((folder) => {
    const { name } = JSON.parse(readFileSync(join(CHECKOUT, folder, 'package.json'), 'utf8')) as {
      name: string;
    };
    return [name, folder] as const;
  });
  if (!existsSync(scope)) throw new Error('npm ci has not linked our own packages');
  return new Map(named);
}

function expand(pattern: string): string[] {
  if (!pattern.endsWith('/*')) return [pattern];
  const parent = pattern.slice(0, -2);
  return readdirSync(resolve(CHECKOUT, parent))
    .map((name) => join(parent, name))
    .filter((folder) => existsSync(join(CHECKOUT, folder, 'package.json')));
}
