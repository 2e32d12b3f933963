/**
 * Signed notes (C2SP signed-note): a text, an empty line, and a line for each signature, which names its key.
 * A verifier key is `<name>+<key id>+<base64 of the algorithm and the public key>`.
 * https://c2sp.org/signed-note
 */
import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

const ED25519 = 1;
const ID_BYTES = 4;
const DASH = '\u2014';

/** A public key under its name. */
export interface NoteKey {
  readonly name: string;
  /** The first four bytes of the hash of name and key, in hex. */
  readonly id: string;
  readonly publicKey: KeyObject;
}

/** Signs notes. */
export interface NoteSigner extends NoteKey {
  readonly privateKey: KeyObject;
}

const keyBytes = (publicKey: KeyObject): Buffer => {
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return Buffer.concat([Buffer.from([ED25519]), Buffer.from(x, 'base64url')]);
};

const idOf = (name: string, bytes: Buffer): string =>
  createHash('sha256').update(`${name}\n`).update(bytes).digest().toString('hex', 0, ID_BYTES);

const expectName = (name: string): void => {
  if (!/^[^\s+]+$/u.test(name)) throw new Error('a key name must not be empty, nor hold spaces or "+"');
};

/** The signer of an Ed25519 private key. @throws Error for another kind of key or a name with spaces or + */
export const noteSigner = (name: string, privateKey: KeyObject): NoteSigner => {
  expectName(name);
  if (privateKey.type !== 'private' || privateKey.asymmetricKeyType !== 'ed25519') {
    throw new Error('must be an Ed25519 private key');
  }
  const publicKey = createPublicKey(privateKey);
  return { name, id: idOf(name, keyBytes(publicKey)), publicKey, privateKey };
};

/** The text of a verifier key. */
export const encodeVerifierKey = ({ name, id, publicKey }: NoteKey): string =>
  `${name}+${id}+${keyBytes(publicKey).toString('base64')}`;

/** Reads a verifier key. @throws Error when it isn't one of Ed25519, or its id isn't that of its key */
export const decodeVerifierKey = (text: string): NoteKey => {
  const [, name = '', id = '', base64 = ''] =
    /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(text) ?? [];
  const bytes = Buffer.from(base64, 'base64');
  if (bytes[0] !== ED25519 || bytes.length !== 33) throw new Error('must be a verifier key of Ed25519');
  if (idOf(name, bytes) !== id) throw new Error('has an id that is not that of its name and key');
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: bytes.subarray(1).toString('base64url') };
  return { name, id, publicKey: createPublicKey({ key: jwk, format: 'jwk' }) };
};

/** The note of a text, which must end with a line feed. */
export const signNote = (text: string, { name, id, privateKey }: NoteSigner): string => {
  const signature = sign(null, Buffer.from(text), privateKey);
  const base64 = Buffer.concat([Buffer.from(id, 'hex'), signature]).toString('base64');
  return `${text}\n${DASH} ${name} ${base64}\n`;
};

/** A note's text, and the key by which it was found to be signed. */
export interface OpenedNote {
  readonly text: string;
  readonly key: NoteKey;
}

/** What keeps a note from being believed. */
export type NoteFault = 'not-a-note' | 'unknown-key' | 'bad-signature';

/**
 * Opens a note that one of the keys signed. Signatures of keys that aren't known are passed over, as the
 * standard demands; a wrong signature of a known one is not.
 */
export const openNote = (note: string, keys: readonly NoteKey[]): OpenedNote | NoteFault => {
  const at = note.lastIndexOf('\n\n');
  const text = note.slice(0, at + 1);
  const signatures = signaturesOf(note.slice(at + 2));
  if (at < 0 || signatures === undefined) return 'not-a-note';
  let opened: OpenedNote | undefined;
  for (const { name, id, bytes } of signatures) {
    const key = keys.find((candidate) => candidate.name === name && candidate.id === id);
    if (key === undefined) continue;
    if (!verify(null, Buffer.from(text), key.publicKey, bytes)) return 'bad-signature';
    opened ??= { text, key };
  }
  return opened ?? 'unknown-key';
};

interface Signature {
  readonly name: string;
  readonly id: string;
  readonly bytes: Buffer;
}

const SIGNATURE = new RegExp(`^${DASH} ([^\\s+]+) ([A-Za-z0-9+/]+=*)$`);

/** The signatures of a note's last lines, at least one; undefined when a line isn't a signature. */
const signaturesOf = (lines: string): Signature[] | undefined => {
  if (!lines.endsWith('\n')) return undefined;
  const found = lines
    .slice(0, -1)
    .split('\n')
    .map((line) => SIGNATURE.exec(line));
  return found.includes(null)
    ? undefined
    : found.flatMap((match) => (match === null ? [] : [toSignature(match)]));
};

const toSignature = ([, name = '', base64 = '']: RegExpExecArray): Signature => {
  const bytes = Buffer.from(base64, 'base64');
  return { name, id: bytes.toString('hex', 0, ID_BYTES), bytes: bytes.subarray(ID_BYTES) };
};
