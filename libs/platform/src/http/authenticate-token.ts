import type { SettingsFile } from '../settings-file.js';
import { findCredential, parseCredentials, type Credential, type Credentials } from './credentials.js';
import { ProblemException } from './problem.js';
import type { Caller } from './route.js';

const bearer = /^Bearer ([\x21-\x7e]{1,512})$/i;

/** What a call, over HTTP or gRPC, says about its caller. */
export interface GivenToken {
  /** `Bearer <token>`. */
  readonly authorization: string | undefined;
  /** The tenant that a service acts for. */
  readonly tenant: string | undefined;
  readonly scope: string;
  readonly sourceIp?: string;
}

/** The caller of a token, by the same keys and rules as over HTTP. @throws ProblemException 400, 401, 403 */
export async function authenticateToken(settings: SettingsFile, given: GivenToken): Promise<Caller> {
  return identify(settings, given);
}

/**
 * The caller, without I/O or a promise while the settings file was looked at within its interval; a token
 * nobody knows makes it look at once, so that a new key works at once.
 * @throws ProblemException 400, 401, 403
 */
export function identify(settings: SettingsFile, given: GivenToken): Caller | Promise<Caller> {
  const token = bearer.exec(given.authorization ?? '')?.[1];
  if (token === undefined) throw unauthenticated('The header Authorization: Bearer <token> is required');
  const fresh = settings.peek(parseCredentials);
  const credential = fresh && findCredential(fresh, token);
  if (fresh && credential) return callerOf(credential, fresh, given);
  return settings.reread(parseCredentials).then((credentials) => {
    const known = findCredential(credentials, token);
    if (known === undefined) throw unauthenticated('The token is not known');
    return callerOf(known, credentials, given);
  });
}

function callerOf({ caller }: Credential, { tenants }: Credentials, given: GivenToken): Caller {
  const { scope, tenant, sourceIp = '' } = given;
  if (!caller.scopes.includes(scope)) throw forbidden('scope-missing', `The key needs the scope ${scope}`);
  if (caller.kind !== 'service') {
    if (tenant !== undefined && tenant !== caller.tenantId) {
      throw forbidden('wrong-tenant', 'The key is of another tenant');
    }
    return { ...caller, sourceIp };
  }
  if (tenant === undefined) {
    const detail = 'A service names its tenant in the header Defter-Tenant';
    throw new ProblemException('tenant-required', { status: 400, title: 'Tenant required' }, detail);
  }
  if (!tenants.has(tenant)) throw forbidden('wrong-tenant', 'There is no such tenant');
  return { ...caller, tenantId: tenant, sourceIp };
}

function unauthenticated(detail: string): ProblemException {
  return new ProblemException('unauthenticated', { status: 401, title: 'Not authenticated' }, detail);
}

function forbidden(code: string, detail: string): ProblemException {
  return new ProblemException(code, { status: 403, title: 'Not allowed' }, detail);
}
