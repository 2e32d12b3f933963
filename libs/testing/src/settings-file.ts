import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceKey, Tenant } from '@defter/backoffice-contracts';
import { scratchFolder } from './servers.js';

export interface WrittenSettings {
  /** For TENANTS_FILE. */
  readonly path: string;
  /** Replaces the content, as an administrator would while services run. */
  rewrite(tenants: readonly Tenant[], services?: readonly ServiceKey[]): void;
}

/** Writes a settings file for tests. */
export function settingsFile(
  tenants: readonly Tenant[],
  services: readonly ServiceKey[] = [],
): WrittenSettings {
  const path = join(scratchFolder('settings'), 'settings.json');
  const rewrite = (newTenants: readonly Tenant[], newServices: readonly ServiceKey[] = services): void => {
    const text = JSON.stringify({ services: newServices, tenants: newTenants }, bigintAsText, 2);
    // By rename, so that a service never reads half a file.
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  };
  rewrite(tenants);
  return { path, rewrite };
}

function bigintAsText(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}` : value;
}
