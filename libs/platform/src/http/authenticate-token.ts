import type { SettingsFile } from '../settings-file.js';
import { findCredential, parseCredentials } from './credentials.js';
import { ProblemException } from './problem.js';
import type { Caller } from './route.js';

const BEARER = /^Bearer ([\x21-\x7e]{1,512})$/i;

/** What a call outside HTTP (gRPC) says about its caller. */
export interface GivenToken {
  /** `Bearer <token>`. */
  readonly authorization: string | undefined;
  /** The tenant that a service acts for. */
  readonly tenant: string | undefined;
  readonly scope: string;
}

/** The caller of a token, by the same keys and rules as over HTTP. @throws ProblemException 400, 401, 403 */
export const authenticateToken = async (settings: SettingsFile, given: GivenToken): Promise<Caller> => {
  const token = BEARER.exec(given.authorization ?? '')?.[1];
  const fresh = await settings.read(parseCredentials);
  const known = token === undefined ? undefined : findCredential(fresh, token);
  const credentials =
    known === undefined && token !== undefined ? await settings.reread(parseCredentials) : fresh;
  const credential = known ?? (token === undefined ? undefined : findCredential(credentials, token));
  if (credential === undefined) {
    throw new ProblemException(
      'unauthenticated',
      { status: 401, title: 'Not authenticated' },
      'A known Bearer token is required',
    );
  }
  const { caller } = credential;
  if (!caller.scopes.includes(given.scope)) {
    const detail = `The key needs the scope ${given.scope}`;
    throw new ProblemException('scope-missing', { status: 403, title: 'Not allowed' }, detail);
  }
  return { ...caller, tenantId: tenantOf(caller, given.tenant, credentials.tenants), sourceIp: '' };
};

const tenantOf = (
  caller: Omit<Caller, 'sourceIp'>,
  named: string | undefined,
  tenants: ReadonlySet<string>,
): string => {
  const allowed =
    caller.kind === 'service'
      ? named !== undefined && tenants.has(named)
      : (named ?? caller.tenantId) === caller.tenantId;
  if (!allowed) {
    const detail = 'A service names an existing tenant in defter-tenant; a key acts for its own tenant only';
    throw new ProblemException('wrong-tenant', { status: 403, title: 'Not allowed' }, detail);
  }
  return caller.kind === 'service' && named !== undefined ? named : caller.tenantId;
};
