import { describe, expect, it } from '@jest/globals';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { decodeVerifierKey, encodeVerifierKey, noteSigner, openNote, signNote } from './signed-note.js';

// The example of the standard's first implementation, golang.org/x/mod/sumdb/note.
const KNOWN_KEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const KNOWN_NOTE =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n" +
  '\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN' +
  '1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';

const signer = noteSigner('defter.test', generateKeyPairSync('ed25519').privateKey);
const other = noteSigner('defter.test', generateKeyPairSync('ed25519').privateKey);
const text = 'one\ntwo\n';

describe('a signed note', () => {
  it('of another implementation is opened', () => {
    const opened = openNote(KNOWN_NOTE, [signer, decodeVerifierKey(KNOWN_KEY)]);
    expect(opened).toMatchObject({ key: { name: 'PeterNeumann', id: 'c74f20a3' } });
    expect(encodeVerifierKey(decodeVerifierKey(KNOWN_KEY))).toBe(KNOWN_KEY);
    expect(openNote(KNOWN_NOTE.replace('answer', 'Answer'), [decodeVerifierKey(KNOWN_KEY)])).toBe(
      'bad-signature',
    );
  });

  it('of a known key is opened, among others too', () => {
    const note = signNote(text, signer);
    expect(openNote(note, [other, signer])).toMatchObject({ text, key: { id: signer.id } });
    const cosigned = note + signNote(text, other).slice(text.length + 1);
    expect(openNote(cosigned, [other])).toMatchObject({ text, key: { id: other.id } });
  });

  it('of an unknown key, changed, or no note at all is not', () => {
    const note = signNote(text, signer);
    expect(openNote(note, [other])).toBe('unknown-key');
    expect(openNote(note.replace('two', 'too'), [signer])).toBe('bad-signature');
    expect(openNote(note.replace('defter.test', 'other.test'), [signer])).toBe('unknown-key');
    for (const wrong of [
      '',
      text,
      `${text}\n`,
      note.trimEnd(),
      `${note}\n`,
      `${note}x\n`,
      note.replace('\u2014', '-'),
    ])
      expect(openNote(wrong, [signer])).toBe('not-a-note');
  });

  it('takes Ed25519 keys with a name that a line can hold', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
    expect(() => noteSigner('defter.test', rsa)).toThrow('Ed25519');
    expect(() => noteSigner('defter test', signer.privateKey)).toThrow('spaces');
    const wrongId = encodeVerifierKey(signer).replace(signer.id, '00000000');
    for (const wrong of ['', 'a+b+c', wrongId, `defter.test+${signer.id}+AAAA`])
      expect(() => decodeVerifierKey(wrong)).toThrow();
  });
});

it('an Ed25519 key of a PEM file signs as the same key does elsewhere (RFC 8032 §7.1, test 1)', () => {
  const der =
    '302e020100300506032b6570042204209d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';
  const known = noteSigner(
    'k',
    createPrivateKey({ key: Buffer.from(der, 'hex'), format: 'der', type: 'pkcs8' }),
  );
  expect(known.publicKey.export({ format: 'jwk' }).x).toBe(
    Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex').toString(
      'base64url',
    ),
  );
});
