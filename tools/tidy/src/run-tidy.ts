import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { judge, type Ratchet } from './ratchet.js';
import type { Finding } from './rule.js';
import { findBreaches } from './tidy.js';
import { workspaceFiles } from './workspace-files.js';

const RATCHET_FILE = 'tools/tidy/ratchet.json';

/**
 * Checks the workspace at `root`, prints what it found, and returns the exit code. `tighten` lowers the
 * ratchet.
 */
export const runTidy = (root: string, options: { tighten: boolean }): 0 | 1 => {
  const files = workspaceFiles(root);
  const { refused, loose, tightened } = judge(findBreaches(files), readRatchet(root));
  for (const finding of refused) console.error(describe(finding));
  if (options.tighten) writeFileSync(join(root, RATCHET_FILE), `${JSON.stringify(tightened, null, 2)}\n`);
  else
    for (const key of loose) console.error(`${key}: better than the ratchet says; run tidy with --tighten`);
  const failed = refused.length > 0 || (loose.length > 0 && !options.tighten);
  console.log(failed ? `tidy: ${refused.length} breaches` : `tidy: ${files.length} files, nothing to say`);
  return failed ? 1 : 0;
};

const describe = ({ rule, path, line, message }: Finding): string =>
  `${path}${line === undefined ? '' : `:${line}`}  ${rule}  ${message}`;

const readRatchet = (root: string): Ratchet => {
  const file = join(root, RATCHET_FILE);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Ratchet) : {};
};
