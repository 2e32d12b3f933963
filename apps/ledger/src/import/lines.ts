import { malformed } from '@defter/platform';

/** A line of a stream and its number, from 1. */
export interface Line {
  readonly number: number;
  readonly bytes: Buffer;
}

/** The largest event with its views, and some. */
export const LINE_LIMIT = 8 * 1024 * 1024;
const LINE_FEED = 10;

/**
 * Splits a stream into its lines, of which one at a time is in memory. A last line without a line feed
 * counts; blank ones at the end, as editors and shells leave them, don't. @throws ProblemException
 * `malformed` for a line that is too long
 */
export async function* linesOf(stream: AsyncIterable<unknown>): AsyncGenerator<Line> {
  let blank = 0;
  for await (const line of rawLinesOf(stream)) {
    const isBlank = line.bytes.length <= 1 && line.bytes.toString().trim() === '';
    // Only what comes behind a blank line makes it one of the lines.
    for (; !isBlank && blank > 0; blank--) yield { number: line.number - blank, bytes: Buffer.alloc(0) };
    if (isBlank) blank += 1;
    else yield { ...line, bytes: withoutReturn(line.bytes) };
  }
}

/** An editor may have ended the lines with a carriage return, too; the hashes are over lines without it. */
const withoutReturn = (bytes: Buffer): Buffer => (bytes.at(-1) === 13 ? bytes.subarray(0, -1) : bytes);

async function* rawLinesOf(stream: AsyncIterable<unknown>): AsyncGenerator<Line> {
  let number = 0;
  let rest: Buffer[] = [];
  let held = 0;
  for await (const chunk of stream) {
    let bytes = chunk as Buffer;
    for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED)) {
      number += 1;
      yield { number, bytes: Buffer.concat([...rest, bytes.subarray(0, end)]) };
      bytes = bytes.subarray(end + 1);
      rest = [];
      held = 0;
    }
    rest.push(bytes);
    held += bytes.length;
    if (held > LINE_LIMIT) throw wrongLine(number + 1, `must have at most ${LINE_LIMIT} bytes`);
  }
  if (held > 0) yield { number: number + 1, bytes: Buffer.concat(rest) };
}

/** What is wrong with a line of an import. */
export const wrongLine = (number: number, msg: string) =>
  malformed([{ loc: ['body', 'line', number], msg, type: 'line' }]);
