import { refused } from './file-fault.js';

/** Longer than any line of a report; a file without line ends must not fill the memory. */
const LINE_LIMIT = 1_048_576;

/**
 * The bytes of a file as text, piece by piece. UTF-8 with or without a mark, UTF-16 with one; a file that is
 * neither is Windows-1254 (Turkish; Latin-1 but for six letters), as bank and provider portals still write.
 * @throws FileRefused when it begins as UTF-8 and doesn't go on so
 */
export async function* decode(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const pieces = new Pieces();
  for await (const chunk of chunks) yield pieces.text(chunk);
  yield pieces.end();
}

type Decoder = InstanceType<typeof TextDecoder>;

class Pieces {
  private decoder: Decoder | undefined;
  private onlyAscii = true;
  /** Of a letter that began at the end of a piece: another decoder needs these bytes, too. */
  private held: Uint8Array = new Uint8Array();
  private lines = 1;

  text(chunk: Uint8Array): string {
    this.decoder ??= new TextDecoder(wideEncoding(chunk) ?? 'utf-8', { fatal: true });
    const text = this.decoded(this.decoder, chunk);
    this.held = chunk.subarray(lastAscii(chunk) + 1);
    this.onlyAscii &&= this.decoder.encoding === 'utf-8' && /^[\u0000-\u007f]*$/.test(text);
    const nul = text.indexOf('\u0000');
    if (nul >= 0) throw refused(this.lines + endsIn(text.slice(0, nul)), 'it holds a NUL; this is no text');
    this.lines += endsIn(text);
    return text;
  }

  end(): string {
    try {
      return this.decoder?.decode() ?? '';
    } catch {
      throw refused(this.lines, 'the text breaks off in a letter');
    }
  }

  private decoded(decoder: Decoder, chunk: Uint8Array): string {
    try {
      return decoder.decode(chunk, { stream: true });
    } catch {
      if (!this.onlyAscii || decoder.encoding !== 'utf-8')
        throw refused(this.lines, 'the text breaks off in a letter');
      this.decoder = new TextDecoder('windows-1254');
      return this.decoder.decode(Buffer.concat([this.held, chunk]), { stream: true });
    }
  }
}

const endsIn = (text: string): number => text.split('\n').length - 1;

function lastAscii(chunk: Uint8Array): number {
  let at = chunk.length - 1;
  while (at >= 0 && (chunk[at] ?? 0) >= 0x80) at--;
  return at;
}

function wideEncoding(chunk: Uint8Array): string | undefined {
  if (chunk[0] === 0xff && chunk[1] === 0xfe) return 'utf-16le';
  return chunk[0] === 0xfe && chunk[1] === 0xff ? 'utf-16be' : undefined;
}

/** The lines of a text, without their ends (LF, CRLF or CR). @throws FileRefused for a line without end */
export async function* linesOf(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  let number = 1;
  for await (const text of texts) {
    // A CR at the end may be half of a CRLF.
    const all = rest + text;
    const end = all.endsWith('\r') ? all.length - 1 : all.length;
    const parts = all.slice(0, end).split(/\r\n|\n|\r/);
    rest = (parts.pop() ?? '') + all.slice(end);
    for (const line of parts) {
      number++;
      yield line;
    }
    if (rest.length > LINE_LIMIT) throw refused(number, `a line is longer than ${LINE_LIMIT} letters`);
  }
  if (rest !== '') yield rest.replace(/\r$/, '');
}
