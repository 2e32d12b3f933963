import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { SHARED_HOME } from './postgres-files.js';
import { SetupError } from './setup-error.js';
import { canReach, type SystemUser } from './system-user.js';

/**
 * The data folder of a server in `dir`, initialised once. Half an initdb never counts: it happens beside and
 * is renamed. Where `user` cannot enter the folders above `dir`, `dir/data` is a link to a folder that it
 * can.
 */
export function dataFolder(dir: string, home: string, user: SystemUser | undefined): string {
  const data = join(dir, 'data');
  if (existsSync(data)) return realpathSync(data);
  rmSync(data, { force: true }); // a link to a folder that somebody removed
  mkdirSync(dir, { recursive: true });
  if (!canReach(dir, user)) chmodSync(dir, 0o711); // ours alone, as mkdtemp makes it: let the server through
  const target = canReach(dir, user) ? data : linkedFolder(data);
  const fresh = mkdtempSync(`${target}-new-`);
  if (user !== undefined) chownSync(fresh, user.uid, user.gid);
  initialise(fresh, home, user);
  renameSync(fresh, target);
  return realpathSync(target);
}

/** A place outside for `link` to point to. It is removed by a later call, once its link is gone. */
function linkedFolder(link: string): string {
  mkdirSync(SHARED_HOME, { recursive: true, mode: 0o755 });
  removeAbandoned();
  const folder = mkdtempSync(join(SHARED_HOME, 'server-'));
  chmodSync(folder, 0o711);
  const target = join(folder, 'data');
  symlinkSync(target, link);
  writeFileSync(join(folder, 'link'), link); // last: without it a folder is never taken for abandoned
  return target;
}

function removeAbandoned(): void {
  const folders = readdirSync(SHARED_HOME).filter((name) => name.startsWith('server-'));
  for (const folder of folders.map((name) => join(SHARED_HOME, name))) {
    const note = join(folder, 'link');
    if (!existsSync(note) || pointsTo(readFileSync(note, 'utf8'), join(folder, 'data'))) continue;
    rmSync(folder, { recursive: true, force: true });
  }
}

function pointsTo(link: string, target: string): boolean {
  try {
    return readlinkSync(link) === target;
  } catch {
    return false; // no such link any more
  }
}

function initialise(folder: string, home: string, user: SystemUser | undefined): void {
  const access = ['--username', 'postgres', '--auth', 'trust'];
  const locale = ['--encoding', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin'];
  const args = ['--pgdata', folder, ...access, ...locale, '--builtin-locale', 'C.UTF-8'];
  const result = spawnSync(join(home, 'bin/initdb'), args, {
    encoding: 'utf8',
    cwd: '/',
    ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
  });
  if (result.status === 0) return;
  rmSync(folder, { recursive: true, force: true });
  const said = `${result.stdout}${result.stderr}${result.error?.message ?? ''}`;
  if (!said.includes('No space left')) throw new Error(`initdb failed: ${said.trim()}`);
  throw new SetupError(`No space left for PostgreSQL in ${folder}`, 'Free about 500 MB');
}
