import { Injectable } from '@nestjs/common';
import { allowsTestPaymentMethods, type Connection, type Tenant } from '@defter/backoffice-contracts';
import type { OperationKind } from '@defter/payments-contracts';
import { isTestPaymentMethod } from '@defter/payments-domain';
import { Providers } from './providers.js';
import { connectionOf, Tenants } from './tenants/tenants.js';

export type RouteRefusal =
  | { readonly code: 'connection-unknown' }
  | { readonly code: 'mock-refused-in-live' }
  | { readonly code: 'test-method-refused' }
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

  /** Whether the provider releases by itself what the first capture of an authorisation leaves. */
  capturesOnce(providerId: string): boolean {
    return this.providers.find(providerId)?.adapter.manifest.capturesOnce ?? false;
  }

  /** Whether the provider can be asked what became of a dispute. */
  findsDisputes(providerId: string): boolean {
    return this.providers.find(providerId)?.adapter.manifest.findsDisputes ?? false;
  }

  /** Whether a void ends an attempt that waits for its payer, and only such a one. */
  endsByVoid(providerId: string): boolean {
    return this.providers.find(providerId)?.adapter.manifest.voidEndsWaiting ?? false;
  }

  /**
   * The named connection, or the tenant's first one, if it can carry the currency and may carry the
   * instrument (a card's token, an account; undefined while there is none).
   */
  choose(tenant: Tenant, connectionId: string | undefined, currency: string, instrument?: string): Routed {
    const connection = connectionOf(tenant, connectionId);
    const provider = connection && this.providers.find(connection.provider);
    if (connection === undefined || provider === undefined) return refused({ code: 'connection-unknown' });
    if (isMockInLive(tenant, connection.provider)) return refused({ code: 'mock-refused-in-live' });
    if (instrument !== undefined && isTestPaymentMethod(instrument) && !allowsTestPaymentMethods(tenant))
      return refused({ code: 'test-method-refused' });
    const { currencies } = provider.adapter.manifest;
    return currencies.includes(currency)
      ? { accepted: true, connection }
      : refused({ code: 'currency-not-supported', currency });
  }
}

/** Whoever is live never talks to the mock, also about what was begun before. */
export const isMockInLive = ({ mode }: Pick<Tenant, 'mode'>, provider: string): boolean =>
  mode === 'live' && provider === 'mock-psp';

const refused = (refusal: RouteRefusal): Routed => ({ accepted: false, refusal });
