import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@defter/platform';
import type { Config } from './config.js';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** A sealed text can't be opened: its key is gone, or it stands in a place that isn't its own. */
export class CannotOpen extends Error {}

/**
 * Seals what must not lie in the database in clear (AES-256-GCM). A sealed text is bound to its place, for
 * example the tenant and the secret's id: moved to another row it can't be opened. Several keys may be
 * configured while one replaces another.
 */
@Injectable()
export class Sealing {
  private readonly keys: ReadonlyMap<string, Buffer>;
  private readonly newest: string;

  constructor(@Inject(CONFIG) config: Config) {
    const keys = readKeys(config);
    const [newest] = keys.keys();
    if (newest === undefined) throw new Error('SEALING_KEYS or SEALING_KEYS_FILE is missing');
    this.keys = keys;
    this.newest = newest;
  }

  seal(place: string, text: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key(this.newest), iv).setAAD(Buffer.from(place));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return `${this.newest}.${Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')}`;
  }

  /** @throws CannotOpen */
  open(place: string, sealed: string): string {
    const [keyId = '', content = ''] = sealed.split('.');
    const bytes = Buffer.from(content, 'base64url');
    const tag = bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES);
    if (tag.length !== TAG_BYTES) throw new CannotOpen('not a sealed text');
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.key(keyId), bytes.subarray(0, IV_BYTES))
        .setAAD(Buffer.from(place))
        .setAuthTag(tag);
      return (
        decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
      );
    } catch (cause) {
      throw new CannotOpen(`sealed with ${keyId}`, { cause });
    }
  }

  private key(id: string): Buffer {
    const key = this.keys.get(id);
    if (key === undefined) throw new CannotOpen(`the key ${id} is not configured`);
    return key;
  }
}

function readKeys({ sealingKeys, sealingKeysFile }: Config): Map<string, Buffer> {
  const text = sealingKeys ?? (sealingKeysFile === undefined ? '' : readFileSync(sealingKeysFile, 'utf8'));
  const keys = text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => Buffer.from(line, 'base64'));
  if (keys.some(({ length }) => length !== KEY_BYTES))
    throw new Error('Each of SEALING_KEYS is 32 bytes in base64');
  return new Map(keys.map((key) => [createHash('sha256').update(key).digest('hex').slice(0, 8), key]));
}
