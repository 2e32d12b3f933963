import { describe, expect, it } from '@jest/globals';
import { linesOf } from './lines.js';

/** The lines of a text that comes in chunks of that size, as `number:content`. */
const read = async (text: string, chunk: number): Promise<string[]> => {
  const chunks = async function* (): AsyncGenerator<Buffer> {
    for (let at = 0; at < text.length; at += chunk)
      yield await Promise.resolve(Buffer.from(text.slice(at, at + chunk)));
  };
  const lines: string[] = [];
  for await (const { number, bytes } of linesOf(chunks())) lines.push(`${number}:${bytes.toString()}`);
  return lines;
};

describe('lines of a stream', () => {
  it.each([
    ['a\nb\n', ['1:a', '2:b']],
    ['a\nb', ['1:a', '2:b']],
    ['', []],
    ['\n', []],
    ['a\n\n', ['1:a']],
    ['a\r\nb\r\n\r\n', ['1:a', '2:b']],
    ['a\r\nb\r', ['1:a', '2:b']],
    ['a\n\r\n\n \n', ['1:a']],
    ['a\n\n\nb\n\n', ['1:a', '2:', '3:', '4:b']],
  ])('are numbered, without blank ones at the end: %j', async (text, lines) => {
    for (const chunk of [1, 2, 100]) expect(await read(text, chunk)).toEqual(lines);
  });
});
