import { statfsSync } from 'node:fs';
import { SetupError } from './setup-error.js';

/** Throws a SetupError when the disk of this folder has less room than needed. */
export function requireDiskSpace(folder: string, neededMb: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const freeMb = Math.floor((bavail * bsize) / 1_048_576);
  if (freeMb >= neededMb) return;
  throw new SetupError(
    `Only ${freeMb} MB are free on the disk of ${folder}, and ${neededMb} MB are needed`,
    'Free some space, or choose another disk',
  );
}
