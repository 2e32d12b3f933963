import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SettingsFile } from './settings-file.js';

let folder: string;
let path: string;
let broken: string[];
let settings: SettingsFile;
const write = async (content: string) => {
  await writeFile(`${path}.new`, content);
  await rename(`${path}.new`, path);
};
let parses = 0;
const parse = (json: unknown) => {
  parses++;
  const { n } = json as { n?: unknown };
  if (typeof n !== 'number') throw new Error('n is missing');
  return n;
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'defter-settings-'));
  path = join(folder, 'tenants.json');
  broken = [];
  parses = 0;
  settings = new SettingsFile(path, (message) => broken.push(message));
});
afterEach(() => rm(folder, { recursive: true }));

describe('the settings file', () => {
  it('is parsed once, seen again at once by reread and after the interval by read', async () => {
    await write('{"n":1}');
    expect([await settings.read(parse), await settings.read(parse), settings.peek(parse), parses]).toEqual([
      1, 1, 1, 1,
    ]);
    await write('{"n":2}');
    expect(await settings.read(parse)).toBe(1);
    expect(await settings.reread(parse)).toBe(2);
    await write('{"n":3}');
    await new Promise((resolve) => setTimeout(resolve, 510));
    expect(settings.peek(parse)).toBeUndefined();
    expect(await settings.read(parse)).toBe(3);
  });

  it.each(['{"n":', '{}', '{"n":5,"n":5}'])(
    'keeps the last good content when it becomes %s',
    async (content) => {
      await write('{"n":1}');
      await settings.read(parse);
      await write(content);
      expect([await settings.reread(parse), await settings.reread(parse)]).toEqual([1, 1]);
      expect(broken).toEqual([expect.stringContaining(path)]);
      await write('{"n":2}');
      expect(await settings.reread(parse)).toBe(2);
    },
  );

  it('keeps the last good content when it vanishes', async () => {
    await write('{"n":1}');
    await settings.read(parse);
    await rm(path);
    expect(await settings.reread(parse)).toBe(1);
    expect(broken[0]).toContain('ENOENT');
  });

  it('throws while there has been no good content', async () => {
    await expect(settings.read(parse)).rejects.toThrow('ENOENT');
    await write('[');
    await expect(settings.read(parse)).rejects.toThrow('not readable as JSON');
  });
});
