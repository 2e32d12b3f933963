import type { SettingsFile } from '../settings-file.js';
import { findCredential, parseCredentials, type Credential, type Credentials } from './credentials.js';
import { ProblemException } from './problem.js';
import type { Caller, PlatformRequest } from './route.js';

const bearer = /^Bearer ([\x21-\x7e]{1,512})$/i;

/**
 * Decides before the body is read who calls, and whether the route's scope allows it. Without I/O while the settings
 * file was looked at within its interval; a token nobody knows makes it look at once, so that a new key works at once.
 * @returns undefined when decided synchronously (the common case), else a promise. @throws ProblemException 400, 401, 403
 */
export function authenticate(
  request: PlatformRequest,
  scope: string,
  settings: SettingsFile,
): Promise<void> | undefined {
  const token = bearer.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) throw unauthenticated('The header Authorization: Bearer <token> is required');
  const fresh = settings.peek(parseCredentials);
  const credential = fresh && findCredential(fresh, token);
  if (fresh && credential) {
    request.caller = callerOf(request, credential, fresh, scope);
    return undefined;
  }
  return settings.reread(parseCredentials).then((credentials) => {
    const known = findCredential(credentials, token);
    if (known === undefined) throw unauthenticated('The token is not known');
    request.caller = callerOf(request, known, credentials, scope);
  });
}

function callerOf(
  request: PlatformRequest,
  { caller }: Credential,
  { tenants }: Credentials,
  scope: string,
): Caller {
  if (!caller.scopes.includes(scope)) throw forbidden('scope-missing', `The key needs the scope ${scope}`);
  const named = request.headers['defter-tenant'];
  if (caller.kind !== 'service') {
    if (named !== undefined && named !== caller.tenantId)
      throw forbidden('wrong-tenant', 'The key is of another tenant');
    return { ...caller, sourceIp: request.ip };
  }
  if (typeof named !== 'string') {
    const problem = { status: 400, title: 'Tenant required' };
    throw new ProblemException(
      'tenant-required',
      problem,
      'A service names its tenant in the header Defter-Tenant',
    );
  }
  if (!tenants.has(named)) throw forbidden('wrong-tenant', 'There is no such tenant');
  return { ...caller, tenantId: named, sourceIp: request.ip };
}

function unauthenticated(detail: string): ProblemException {
  return new ProblemException('unauthenticated', { status: 401, title: 'Not authenticated' }, detail);
}

function forbidden(code: string, detail: string): ProblemException {
  return new ProblemException(code, { status: 403, title: 'Not allowed' }, detail);
}
