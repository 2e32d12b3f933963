import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the workspace. */
export const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** How a check ended and what it printed on both streams. */
export interface CheckRun {
  readonly status: number | null;
  readonly output: string;
}

/**
 * Runs a JavaScript program of `node_modules` or of the workspace, by its path from the root, as the real
 * check does.
 */
export const runCheck = (
  program: string,
  args: readonly string[],
  options: { cwd?: string; input?: string; env?: Readonly<Record<string, string>> } = {},
): CheckRun => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, program), ...args], {
    cwd: options.cwd ?? ROOT,
    input: options.input ?? '',
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', ...options.env },
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status, output: stdout + stderr };
};

/** Runs `work` on a folder with these files, then removes it. It lies in `.nx`, which no check reads. */
export const withFolder = <T>(files: Readonly<Record<string, string>>, work: (folder: string) => T): T => {
  mkdirSync(join(ROOT, '.nx'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.nx/canary-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
