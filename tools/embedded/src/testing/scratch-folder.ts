import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder for servers; others may enter it, for PostgreSQL drops root. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'defter-embedded-'));
  chmodSync(folder, 0o755);
  return folder;
}
