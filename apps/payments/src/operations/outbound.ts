import { Inject, Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import { lookupLagSecondsOf } from '@defter/payments-contracts';
import { CONFIG, Fault, Logger } from '@defter/platform';
import type { PaymentsConfig } from '../config.js';
import { LedgerOpening } from '../ledger-opening.js';
import { Providers } from '../providers.js';
import { isMockInLive } from '../routes.js';
import { connectionOf } from '../tenants/tenants.js';
import type { LeasedOperation } from './operation-lease.js';
import { type CallReport, callProvider } from './provider-call.js';

/** A provider that may be called now. */
export interface OpenLine {
  readonly nativeIdempotency: boolean;
  /** How long after a send a look-up may still miss it, counted from before it went out; 0: never. */
  readonly unseenMs: number;
  /** To be called with no transaction open; never throws. */
  call(held: LeasedOperation): Promise<CallReport>;
}

/** The way out to providers. */
@Injectable()
export class Outbound {
  constructor(
    private readonly providers: Providers,
    private readonly opening: LedgerOpening,
    private readonly logger: Logger,
    @Inject(CONFIG) private readonly config: PaymentsConfig,
  ) {}

  /**
   * Undefined while the connection isn't configured, leads to the mock for a live tenant, or the ledger that
   * is to book the outcome doesn't exist yet.
   */
  async open(tenant: Tenant, held: LeasedOperation): Promise<OpenLine | undefined> {
    const provider = this.providers.find(held.provider);
    const connection = connectionOf(tenant, held.connectionId);
    if (provider === undefined || connection === undefined) return undefined;
    if (isMockInLive(tenant, held.provider) || !(await this.ledgerIsOpen(tenant))) return undefined;
    const { adapter, baseUrl } = provider;
    const { apiKey, credentials = {} } = connection;
    const lagMs = lookupLagSecondsOf(adapter.manifest, held.call.kind) * 1_000;
    const context = { baseUrl, apiKey, credentials, timeoutMs: this.config.providerTimeoutMs };
    return {
      nativeIdempotency: adapter.manifest.idempotency === 'native',
      // Its runner may send it as long as it has the lease.
      unseenMs: lagMs === 0 ? 0 : this.config.leaseMs + lagMs,
      call: (operation) => callProvider(adapter, operation, context),
    };
  }

  /** Whether anything may go out for the tenant, as far as is known; see `opening.ensure`. */
  ledgerState(tenant: Tenant): 'open' | 'opening' | 'unknown' {
    return this.opening.stateOf(tenant);
  }

  /** Asks the ledger; false while it doesn't answer. */
  async ledgerIsOpen(tenant: Tenant): Promise<boolean> {
    try {
      await this.opening.ensure(tenant);
      return true;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.logger.warn('Provider calls wait for the ledger', { tenantId: tenant.id, error });
      return false;
    }
  }
}
