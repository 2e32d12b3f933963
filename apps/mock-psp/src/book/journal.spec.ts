import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Journal } from './journal.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'defter-journal-'));
  path = join(folder, 'state', 'journal.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

const linesOf = async (): Promise<readonly string[]> => {
  const { journal, lines } = await Journal.open(path);
  await journal.close();
  return lines;
};

describe('the journal', () => {
  it('gives back what was appended, in order, also when many append at once', async () => {
    const { journal } = await Journal.open(path);
    const lines = Array.from({ length: 500 }, (_, index) => `{"n":${index},"text":"ş₺"}`);
    await Promise.all(lines.map((line) => journal.append(line)));
    await journal.close();
    expect(await linesOf()).toEqual(lines);
  });

  it('has a line on the disk when append has resolved', async () => {
    const { journal } = await Journal.open(path);
    await journal.append('{"n":1}');
    expect(await readFile(path, 'utf8')).toMatch(/\n\{"n":1\}\n$/);
    await journal.close();
  });

  it('cuts a last line off that was never finished, wherever it was cut, and goes on after it', async () => {
    const { journal } = await Journal.open(path);
    await journal.append('{"n":1}');
    await journal.close();
    const whole = await readFile(path);
    const half = Buffer.from('{"text":"ş');
    for (let length = 1; length <= half.length; length++) {
      await writeFile(path, Buffer.concat([whole, half.subarray(0, length)]));
      const opened = await Journal.open(path);
      expect([opened.lines, opened.cutBytes]).toEqual([['{"n":1}'], length]);
      await opened.journal.append('{"n":2}');
      await opened.journal.close();
      expect(await linesOf()).toEqual(['{"n":1}', '{"n":2}']);
    }
  });

  it('begins anew when even the head was cut', async () => {
    await Journal.open(path).then(({ journal }) => journal.close());
    await writeFile(path, '{"journal":"mo');
    expect(await linesOf()).toEqual([]);
    expect(await readFile(path, 'utf8')).toBe('{"journal":"mock-psp","version":1}\n');
  });

  it('refuses a file that is something else', async () => {
    await Journal.open(path).then(({ journal }) => journal.close());
    await writeFile(path, 'hello\n');
    await expect(Journal.open(path)).rejects.toThrow('begins with something else');
  });

  it('writes nothing more after a failed write', async () => {
    const { journal } = await Journal.open(path);
    await journal.append('{"n":1}');
    await journal.close();
    await expect(journal.append('{"n":2}')).rejects.toThrow();
    await expect(journal.append('{"n":3}')).rejects.toThrow();
    await expect(journal.settled()).rejects.toThrow();
    expect(journal.failed).toBe(true);
    await appendFile(path, '');
    expect(await linesOf()).toEqual(['{"n":1}']);
  });
});
