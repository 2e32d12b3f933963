import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { lockFile, withFileLock, type FileLock } from './file-lock.js';
import { printedBeforeCrash } from './testing/crashing-parent.js';
import { scratchFolder } from './testing/scratch-folder.js';

describe('a file lock', () => {
  const dir = scratchFolder();
  const path = join(dir, 'some.lock');
  afterAll(() => {
    rmSync(dir, { recursive: true });
  });

  const take = async (): Promise<FileLock> => {
    const lock = await lockFile(path, { wait: true });
    if (lock === undefined) throw new Error('refused');
    return lock;
  };

  it('is held by one at a time', async () => {
    const lock = await take();
    expect(await lockFile(path, { wait: false })).toBeUndefined();
    lock.release();
    (await take()).release();
  });

  it('makes the others wait', async () => {
    let inside = 0;
    const seen: number[] = [];
    const work = async (): Promise<void> => {
      inside += 1;
      await new Promise(setImmediate);
      seen.push(inside);
      inside -= 1;
    };
    await Promise.all([1, 2, 3, 4].map(() => withFileLock(path, work)));
    expect(seen).toEqual([1, 1, 1, 1]);
  });

  it('is free again when its holder crashed', async () => {
    const code = `await embedded.lockFile(${JSON.stringify(path)}, { wait: true }); console.log('held')`;
    expect(await printedBeforeCrash(code)).toBe('held');
    (await take()).release();
  });
});
