import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder for servers, private to us: for root, PostgreSQL's user cannot enter it. */
export function scratchFolder(): string {
  return mkdtempSync(join(tmpdir(), 'defter-embedded-'));
}
