import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from '../command.js';
import { withLockEntries, withPath } from './registration.js';

const TEMPLATES = 'tools/cli/templates/provider';
const SUFFIX = '.txt';

/** What was made. */
export interface NewProvider {
  /** From the root of the workspace. */
  readonly folder: string;
  readonly files: readonly string[];
}

/**
 * Makes the project of a provider from the templates, and makes it known to TypeScript, Jest and npm. The
 * registries of the services are left alone: an adapter that does nothing yet shall not be reachable.
 * @throws UsageError for a name that can't be one, or that is taken
 */
export const newProvider = (root: string, id: string): NewProvider => {
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(id) || id.length > 30)
    throw new UsageError(`${id} is no name of a provider: small letters, digits and single dashes, up to 30`);
  const folder = `libs/payments/providers/${id}`;
  if (existsSync(join(root, folder))) throw new UsageError(`There is a provider ${id} already: ${folder}`);
  const files = templateFiles(join(root, TEMPLATES)).map((template) => {
    const text = readFileSync(join(root, TEMPLATES, template), 'utf8');
    const file = `${folder}/${template.slice(0, -SUFFIX.length)}`;
    write(join(root, file), text.replaceAll('__id__', id).replaceAll('__name__', nameOf(id)));
    return file;
  });
  edit(join(root, 'tsconfig.base.json'), (text) => withPath(text, id));
  edit(join(root, 'package-lock.json'), (text) => withLockEntries(text, id));
  link(root, id, folder);
  return { folder, files };
};

/** `my-psp` → `myPsp`. */
const nameOf = (id: string): string =>
  id.replaceAll(/-([a-z0-9])/g, (_, first: string) => first.toUpperCase());

const templateFiles = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(SUFFIX))
    .sort();

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { flag: 'wx' });
}

function edit(path: string, change: (text: string) => string): void {
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

/** What npm would do for a new workspace; without it the next `./defter` would install everything again. */
function link(root: string, id: string, folder: string): void {
  const modules = join(root, 'node_modules');
  const installed = join(modules, '.package-lock.json');
  if (!existsSync(installed) || lstatSync(modules).isSymbolicLink()) return;
  mkdirSync(join(modules, '@defter'), { recursive: true });
  symlinkSync(`../../${folder}`, join(modules, '@defter', `provider-${id}`));
  const now = new Date();
  utimesSync(installed, now, now);
}
