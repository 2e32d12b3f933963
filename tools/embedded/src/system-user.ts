import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A system user that a server drops to. */
export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses root: as root the user `postgres`, else `nobody`; undefined when we are not root. */
export function unprivilegedUser(): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const entry = lines.find((fields) => fields[0] === name);
    if (entry !== undefined)
      return { name, uid: parseInt(entry[2] ?? '', 10), gid: parseInt(entry[3] ?? '', 10) };
  }
  throw new Error('/etc/passwd has neither a user postgres nor nobody, and PostgreSQL does not run as root');
}

/** Whether the user can enter this folder, or run this program; every folder above it counts too. */
export function canReach(path: string, user: SystemUser | undefined): boolean {
  if (user === undefined) return true;
  const test = spawnSync('test', ['-x', path], { uid: user.uid, gid: user.gid });
  return test.status === 0;
}
