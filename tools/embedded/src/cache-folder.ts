import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where tools are kept that are installed once per machine: DEFTER_CACHE, else the user's cache folder. */
export function cacheFolder(): string {
  const { DEFTER_CACHE, XDG_CACHE_HOME } = process.env;
  if (DEFTER_CACHE !== undefined && DEFTER_CACHE !== '') return DEFTER_CACHE;
  const caches =
    XDG_CACHE_HOME === undefined || XDG_CACHE_HOME === '' ? join(homedir(), '.cache') : XDG_CACHE_HOME;
  return join(caches, 'defter');
}
