import { Injectable } from '@nestjs/common';
import type { Connection, Tenant } from '@defter/backoffice-contracts';
import type { OperationKind } from '@defter/payments-contracts';
import { Providers } from './providers.js';
import { connectionOf, Tenants } from './tenants/tenants.js';

export type RouteRefusal =
  | { readonly code: 'connection-unknown' }
  | { readonly code: 'mock-refused-in-live' }
  | { readonly code: 'currency-not-supported'; readonly currency: string };

export type Routed =
  | { readonly accepted: true; readonly connection: Connection }
  | { readonly accepted: false; readonly refusal: RouteRefusal };

/** Where a tenant's money goes through. */
@Injectable()
export class Routes {
  constructor(
    private readonly tenants: Tenants,
    private readonly providers: Providers,
  ) {}

  tenant(tenantId: string): Promise<Tenant> {
    return this.tenants.get(tenantId);
  }

  /** Whether the provider makes such calls. */
  can(providerId: string, kind: OperationKind): boolean {
    return this.providers.find(providerId)?.adapter.manifest.capabilities.includes(kind) ?? false;
  }

  /** The named connection, or the tenant's first one, if it can carry the currency. */
  choose(tenant: Tenant, connectionId: string | undefined, currency: string): Routed {
    const connection = connectionOf(tenant, connectionId);
    const provider = connection && this.providers.find(connection.provider);
    if (connection === undefined || provider === undefined) return refused({ code: 'connection-unknown' });
    if (tenant.mode === 'live' && connection.provider === 'mock-psp')
      return refused({ code: 'mock-refused-in-live' });
    const { currencies } = provider.adapter.manifest;
    return currencies.includes(currency)
      ? { accepted: true, connection }
      : refused({ code: 'currency-not-supported', currency });
  }
}

const refused = (refusal: RouteRefusal): Routed => ({ accepted: false, refusal });
