import { createHash } from 'node:crypto';
import { mkdtemp, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A key whose token is `dk_<tenant>`. */
export const keyOf = (tenant: string, scopes: readonly string[], kind = 'machine') => ({
  tenant,
  id: `k_${tenant}_${kind}`,
  kind,
  actor: `someone@${tenant}`,
  tokenSha256: createHash('sha256').update(`dk_${tenant}`).digest('hex'),
  scopes,
});
type Key = ReturnType<typeof keyOf>;

/** Writes a settings file with these keys, as the back office would: whole, then renamed into place. */
export async function tenantsFile(keys: readonly Key[], path?: string): Promise<string> {
  const target = path ?? join(await mkdtemp(join(tmpdir(), 'defter-settings-')), 'tenants.json');
  const tenants = [...new Set(keys.map(({ tenant }) => tenant))].filter(
    (tenant) => !tenant.startsWith('svc'),
  );
  const entries = ({ tenant: _, ...entry }: Key) => entry;
  const settings = {
    services: keys.filter(({ tenant }) => tenant.startsWith('svc')).map(entries),
    tenants: tenants.map((id) => ({ id, keys: keys.filter(({ tenant }) => tenant === id).map(entries) })),
  };
  await writeFile(`${target}.new`, JSON.stringify(settings));
  await rename(`${target}.new`, target);
  return target;
}
