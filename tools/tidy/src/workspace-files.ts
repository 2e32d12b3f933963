import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceFile } from './rule.js';

/** Pictures and archives have no lines. */
const BINARY = /\.(?:png|jpe?g|gif|ico|webp|pdf|gz|zip|jar|woff2?)$/;

/** Every text file that git tracks or would track: what is ignored is nobody's source. */
export const workspaceFiles = (root: string): SourceFile[] =>
  execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
    .split('\0')
    .filter((path) => path !== '' && !BINARY.test(path) && existsSync(join(root, path)))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
