import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, ConfigError } from '@defter/platform';
import type { LedgerConfig } from '../config.js';
import { decodeVerifierKey, type NoteKey, type NoteSigner, noteSigner } from './signed-note.js';

/** What of the configuration says who signs and whose signatures count. */
export type CheckpointKeyConfig = Pick<
  LedgerConfig,
  'checkpointName' | 'checkpointKey' | 'checkpointKeyFile' | 'checkpointPublicKeys'
>;

/** The keys of checkpoints: one that signs, if this process has it, and all whose signatures count. */
@Injectable()
export class CheckpointKeys {
  /** The first part of every origin, and the name of the key that signs. */
  readonly installation: string;
  readonly signer: NoteSigner | undefined;
  /** The signing key's public part first, then the others of the configuration. */
  readonly all: readonly NoteKey[];

  /** @throws ConfigError when a key can't be read */
  constructor(@Inject(CONFIG) config: CheckpointKeyConfig) {
    this.installation = config.checkpointName;
    this.signer = signerOf(config);
    const others = config.checkpointPublicKeys.map((text) =>
      understood('CHECKPOINT_PUBLIC_KEYS', () => decodeVerifierKey(text)),
    );
    const ids = new Set(this.signer === undefined ? [] : [this.signer.id]);
    this.all = [
      ...(this.signer === undefined ? [] : [this.signer]),
      ...others.filter(({ id }) => !ids.has(id) && ids.add(id)),
    ];
  }
}

const signerOf = (config: CheckpointKeyConfig): NoteSigner | undefined => {
  const { checkpointName, checkpointKey, checkpointKeyFile } = config;
  if (checkpointKey !== undefined && checkpointKeyFile !== undefined) {
    throw new ConfigError(['CHECKPOINT_KEY and CHECKPOINT_KEY_FILE are given: one of them is enough']);
  }
  if (checkpointKey !== undefined) {
    return understood('CHECKPOINT_KEY', () => noteSigner(checkpointName, privateKeyOf(checkpointKey)));
  }
  if (checkpointKeyFile === undefined) return undefined;
  const read = () => noteSigner(checkpointName, privateKeyOf(readFileSync(checkpointKeyFile, 'utf8')));
  return understood('CHECKPOINT_KEY_FILE', read);
};

const privateKeyOf = (pem: string) => {
  try {
    return createPrivateKey(pem);
  } catch {
    // The library's message may repeat what it read.
    throw new Error('must be a private key as PEM (PKCS #8)');
  }
};

const understood = <T>(variable: string, read: () => T): T => {
  try {
    return read();
  } catch (error) {
    throw new ConfigError([`${variable} ${(error as Error).message}`]);
  }
};
