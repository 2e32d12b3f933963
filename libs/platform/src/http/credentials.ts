import { hash, timingSafeEqual } from 'node:crypto';
import type { Caller } from './route.js';

/**
 * One key that may call, by the digest of its token (the hex text as bytes); a service's key has no tenant
 * of its own.
 */
export interface Credential {
  readonly digest: Buffer;
  readonly caller: Omit<Caller, 'sourceIp'>;
}

/** All keys of the settings file, and the tenants that exist. */
export interface Credentials {
  readonly byDigest: ReadonlyMap<string, Credential>;
  readonly tenants: ReadonlySet<string>;
}

interface KeyEntry {
  readonly id: string;
  readonly tokenSha256: string;
  readonly scopes: readonly string[];
  readonly kind?: 'person' | 'machine';
  readonly actor?: string;
}
interface CredentialsFile {
  readonly services?: readonly KeyEntry[];
  readonly tenants?: readonly { readonly id: string; readonly keys?: readonly KeyEntry[] }[];
}

/**
 * Takes from the settings file what authentication needs (the whole file's form is @defter/backoffice-
 * contracts).
 * @throws Error naming the key whose entry cannot be used
 */
export function parseCredentials(json: unknown): Credentials {
  const { services = [], tenants = [] } = requireLists(json);
  const byDigest = new Map<string, Credential>();
  const add = (key: KeyEntry, caller: Pick<Caller, 'tenantId' | 'actor' | 'kind'>) => {
    if (!/^[0-9a-f]{64}$/.test(key.tokenSha256))
      throw new Error(`key ${key.id}: tokenSha256 must be 64 hex digits`);
    if (!Array.isArray(key.scopes)) throw new Error(`key ${key.id}: scopes must be a list`);
    if (byDigest.has(key.tokenSha256)) throw new Error(`key ${key.id}: another key has the same token`);
    const digest = Buffer.from(key.tokenSha256);
    byDigest.set(key.tokenSha256, { digest, caller: { ...caller, keyId: key.id, scopes: key.scopes } });
  };
  for (const service of services) add(service, { tenantId: '', actor: service.id, kind: 'service' });
  for (const { id: tenantId, keys = [] } of tenants) {
    for (const key of keys) add(key, { tenantId, actor: key.actor ?? key.id, kind: key.kind ?? 'machine' });
  }
  return { byDigest, tenants: new Set(tenants.map(({ id }) => id)) };
}

/** The key of a bearer token; the final comparison takes the same time wherever the digests differ. */
export function findCredential(credentials: Credentials, token: string): Credential | undefined {
  const digest = hash('sha256', token, 'hex');
  const credential = credentials.byDigest.get(digest);
  return credential !== undefined && timingSafeEqual(credential.digest, Buffer.from(digest))
    ? credential
    : undefined;
}

/** A file without its lists would lock everybody out; the last good one stays in force instead. */
function requireLists(json: unknown): CredentialsFile {
  const lists = [Reflect.get(Object(json), 'services'), Reflect.get(Object(json), 'tenants')] as unknown[];
  if (!lists.every((list) => Array.isArray(list))) throw new Error('services and tenants must be lists');
  return json as CredentialsFile;
}
