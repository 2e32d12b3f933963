import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withFileLock } from './file-lock.js';
import { mustRun, run } from './run.js';
import { SetupError } from './setup-error.js';

/**
 * A program out of a Debian package, put at `target` without installing the package; once, one process at a
 * time.
 */
export async function programOf(debian: string, program: string, target: string): Promise<string> {
  if (existsSync(target)) return target;
  const home = dirname(target);
  mkdirSync(home, { recursive: true });
  await withFileLock(join(home, 'install.lock'), async () => {
    if (existsSync(target)) return;
    process.stderr.write(`  fetching ${debian} (once per machine)\n`);
    const fresh = mkdtempSync(join(home, 'new-'));
    try {
      const archive = await downloaded(debian, fresh);
      await mustRun('dpkg-deb', ['-x', archive, join(fresh, 'files')]);
      renameSync(join(fresh, 'files', program), target);
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
  });
  return target;
}

/**
 * The archive of a package, in a folder of its own below this one. A new machine has no lists of packages
 * yet; only root may fetch them.
 */
export async function downloaded(debian: string, parent: string): Promise<string> {
  const folder = mkdtempSync(join(parent, 'archive-'));
  const get = (): Promise<unknown> =>
    run('apt-get', ['download', '-qq', debian], { cwd: folder }).catch(() => undefined);
  const found = (): string | undefined => readdirSync(folder).find((name) => name.endsWith('.deb'));
  await get();
  if (found() === undefined && process.getuid?.() === 0) {
    await run('apt-get', ['update', '-qq']).catch(() => undefined);
    await get();
  }
  const archive = found();
  if (archive !== undefined) return join(folder, archive);
  throw new SetupError(
    `apt-get could not fetch ${debian}`,
    'On Debian: sudo apt-get update, then start again',
  );
}
