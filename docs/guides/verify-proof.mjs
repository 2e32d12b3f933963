// Verifies what a Defter ledger claims, with nothing but Node: no code of Defter, no network.
//   node verify-proof.mjs <verifier key> <origin> inclusion   < proof.json
//   node verify-proof.mjs <verifier key> <origin> consistency < proof.json
// Prints what is proven and ends with 0, or says what is wrong and ends with 1; with 2 when it got no proof.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';

const fail = (why) => {
  throw new Error(why);
};
const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const bytes = (base64) => Buffer.from(base64, 'base64');

// Merkle trees as in RFC 6962: a leaf is hashed behind 0x00, two nodes behind 0x01.
const leafHash = (content) => sha256(Buffer.of(0), content);
const node = (left, right) => sha256(Buffer.of(1), left, right);
const split = (size) => 2 ** Math.ceil(Math.log2(size) - 1);

/** The root that a leaf and its path lead to; the path goes from the leaf up. */
const rootOf = (leaf, index, size, path) => {
  if (!(index >= 0 && index < size)) fail('the index lies outside of the tree');
  if (size === 1) return path.length === 0 ? leaf : fail('the path is too long');
  const sibling = path.at(-1) ?? fail('the path is too short');
  const [left, below] = [split(size), path.slice(0, -1)];
  return index < left
    ? node(rootOf(leaf, index, left, below), sibling)
    : node(sibling, rootOf(leaf, index - left, size - left, below));
};

/** Both roots that a consistency path gives; takes the path from its end. */
const rootsOf = (old, size, path, known) => {
  if (old === size && known !== undefined) return [known, known];
  const sibling = path.pop() ?? fail('the path is too short');
  if (old === size) return [sibling, sibling];
  const left = split(size);
  if (old <= left) {
    const [before, now] = rootsOf(old, left, path, known);
    return [before, node(now, sibling)];
  }
  const [before, now] = rootsOf(old - left, size - left, path);
  return [node(sibling, before), node(sibling, now)];
};

/** A checkpoint's content, after its signature (a C2SP signed note) was verified by the one key we trust. */
const openCheckpoint = (note, verifierKey, origin) => {
  const [, name, id, keyText] = /^(.+)\+([0-9a-f]{8})\+(.+)$/.exec(verifierKey) ?? fail('not a verifier key');
  const x = bytes(keyText).subarray(1).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  const end = note.lastIndexOf('\n\n');
  const text = note.slice(0, end + 1);
  const signatures = note.slice(end + 2).split('\n');
  const signed = signatures.some((line) => {
    if (!line.startsWith(`\u2014 ${name} `)) return false;
    const signature = bytes(line.slice(name.length + 3));
    return (
      signature.toString('hex', 0, 4) === id && verify(null, Buffer.from(text), key, signature.subarray(4))
    );
  });
  if (!signed) fail('the checkpoint is not signed by this key');
  const [line, size, root, sequence] = text.split('\n');
  if (line !== origin) fail(`the checkpoint is of ${line}, not of ${origin}`);
  return { size: parseInt(size, 10), root: bytes(root), sequence, text };
};

const inclusion = ({ event, batch, checkpoint }, open) => {
  const { size, root } = open(checkpoint.note);
  const key = event.idempotencyKey ?? '';
  const leaf = leafHash([event.sequence, event.type, event.recordedAt, key, event.payload].join('\n'));
  const { firstSequence: first, lastSequence: last, path } = batch;
  const batchRoot = rootOf(leaf, event.sequence - first, last - first + 1, path.map(bytes));
  const chained = sha256(bytes(batch.previousHash), `${first}-${last}`, batchRoot);
  const found = rootOf(leafHash(chained), batch.number - 1, size, checkpoint.path.map(bytes));
  if (!found.equals(root)) fail('the event is not in the history that was signed');
  const what = `Event ${event.sequence} (${event.type}, recorded ${event.recordedAt})`;
  return `${what} is in checkpoint ${size}:\n${event.payload}`;
};

const consistency = ({ from, to, path }, open) => {
  const [old, now] = [open(from.note), open(to.note)];
  const rest = path.map(bytes);
  const [before, after] = rootsOf(old.size, now.size, rest, old.root);
  const holds = rest.length === 0 && before.equals(old.root) && after.equals(now.root);
  return holds
    ? `Checkpoint ${now.size} continues checkpoint ${old.size}`
    : fail('the history was rewritten');
};

try {
  const [verifierKey = '', origin = '', kind = ''] = process.argv.slice(2);
  const check = { inclusion, consistency }[kind] ?? fail('inclusion or consistency?');
  const answer = JSON.parse(readFileSync(0, 'utf8'));
  if (!(answer?.data?.checkpoint ?? answer?.data?.to))
    throw new SyntaxError(answer?.errorMessage ?? 'it has no checkpoint');
  console.log(check(answer.data, (note) => openCheckpoint(note, verifierKey, origin)));
} catch (error) {
  const isProof = !(error instanceof SyntaxError);
  console.error(`${isProof ? 'NOT PROVEN' : 'the input is not a proof'}: ${error.message}`);
  process.exitCode = isProof ? 1 : 2;
}
