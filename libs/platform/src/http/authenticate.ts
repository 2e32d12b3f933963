import type { SettingsFile } from '../settings-file.js';
import { identify } from './authenticate-token.js';
import type { PlatformRequest } from './route.js';

/**
 * Decides before the body is read who calls, and whether the route's scope allows it.
 * @returns undefined when decided at once (the common case), else a promise
 * @throws ProblemException 400, 401, 403
 */
export function authenticate(
  request: PlatformRequest,
  scope: string,
  settings: SettingsFile,
): Promise<void> | undefined {
  const { authorization, 'defter-tenant': tenant } = request.headers;
  const given = { authorization, tenant: tenant?.toString(), scope, sourceIp: request.ip };
  const caller = identify(settings, given);
  if (caller instanceof Promise) {
    return caller.then((known) => {
      request.caller = known;
    });
  }
  request.caller = caller;
  return undefined;
}
