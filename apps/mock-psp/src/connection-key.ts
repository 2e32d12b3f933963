import { type CanActivate, createParamDecorator, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ProblemException } from '@defter/platform';
import { Connections, type MerchantConnection } from './connections.js';

const bearer = /^Bearer ([\x21-\x7e]{1,512})$/i;

interface MerchantRequest extends FastifyRequest {
  merchant?: MerchantConnection;
}

/**
 * Lets in who has a connection's API key. The platform's own guard knows tenants' keys; a provider knows
 * these.
 */
@Injectable()
export class ConnectionKeyGuard implements CanActivate {
  constructor(private readonly connections: Connections) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<MerchantRequest>();
    const apiKey = bearer.exec(request.headers.authorization ?? '')?.[1];
    const merchant = apiKey === undefined ? undefined : await this.connections.findByApiKey(apiKey);
    if (merchant === undefined) {
      const problem = { status: 401, title: 'Not authenticated' };
      throw new ProblemException(
        'unauthenticated',
        problem,
        "A connection's API key is required as a bearer token",
      );
    }
    request.merchant = merchant;
    return true;
  }
}

/** The connection whose key the guard saw. */
export const Merchant = createParamDecorator((_: unknown, context: ExecutionContext): MerchantConnection => {
  const { merchant } = context.switchToHttp().getRequest<MerchantRequest>();
  if (merchant === undefined) throw new Error('@Merchant() stands on a route without ConnectionKeyGuard');
  return merchant;
});
