import { createHash, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, CrashPoints, Database } from '@defter/platform';
import type { Config } from '../config.js';
import type { CrashPoint } from '../crash-points.js';
import { keepPart } from './received-file.js';

const PART_BYTES = 1_048_576;

/** A file whose bytes are all here. */
export interface Spooled {
  readonly fileId: string;
  readonly contentHash: string;
  readonly byteCount: number;
}

/** Takes the bytes of a file into the database as they come: of a file of any size one part is in memory. */
@Injectable()
export class FileSpool {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
    private readonly crash: CrashPoints<CrashPoint>,
  ) {}

  /** Where taking a file in can be ended. */
  reach(point: CrashPoint): void {
    this.crash.reach(point);
  }

  /**
   * Keeps all bytes, each part by a commit of its own, so that a slow caller holds no connection. Nothing
   * when there are more than allowed. Parts without a verdict are of a request that broke off.
   */
  async take(tenantId: string, stream: AsyncIterable<unknown>): Promise<Spooled | undefined> {
    const [fileId, hash] = [randomUUID(), createHash('sha256')];
    let [number, byteCount, pieces, size] = [0, 0, [] as Uint8Array[], 0];
    const flush = async (): Promise<void> => {
      const part = { number: ++number, bytes: Buffer.concat(pieces) };
      await this.database.transaction((tx) => keepPart(tx, [tenantId, fileId], part));
      [pieces, size] = [[], 0];
      this.reach('file.after-part');
    };
    for await (const piece of stream) {
      const bytes = piece as Uint8Array;
      byteCount += bytes.byteLength;
      if (byteCount > this.config.fileLimitBytes) return undefined;
      hash.update(bytes);
      pieces.push(bytes);
      size += bytes.byteLength;
      if (size >= PART_BYTES) await flush();
    }
    if (size > 0) await flush();
    return { fileId, contentHash: hash.digest('hex'), byteCount };
  }
}
