import { inflateRawSync } from 'node:zlib';

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const END_LENGTH = 22;
const ENTRY_LENGTH = 46;
const LOCAL_LENGTH = 30;

/**
 * The file of this name in a ZIP archive (APPNOTE.TXT of PKWARE, 4.3). New machines have tar, but no unzip.
 */
export function fileOfZip(archive: Buffer, name: string): Buffer {
  const end = archive.lastIndexOf(Buffer.from('504b0506', 'hex'));
  if (end < 0 || archive.readUInt32LE(end) !== END || end + END_LENGTH > archive.length)
    throw new Error('not a ZIP archive');
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (archive.readUInt32LE(at) !== ENTRY) throw new Error('a broken ZIP archive');
    const nameLength = archive.readUInt16LE(at + 28);
    const found = archive.toString('utf8', at + ENTRY_LENGTH, at + ENTRY_LENGTH + nameLength);
    if (found === name) return content(archive, at);
    at += ENTRY_LENGTH + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  throw new Error(`the archive has no ${name}`);
}

function content(archive: Buffer, entry: number): Buffer {
  const local = archive.readUInt32LE(entry + 42);
  const names = archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const start = local + LOCAL_LENGTH + names;
  const packed = archive.subarray(start, start + archive.readUInt32LE(entry + 20));
  return archive.readUInt16LE(entry + 10) === 0 ? packed : inflateRawSync(packed);
}
