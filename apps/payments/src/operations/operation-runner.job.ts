import { Inject, Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import { type Clock } from '@defter/kernel';
import { CLOCK, CONFIG, Database, Fault, Lifecycle, Logger } from '@defter/platform';
import type { PaymentsConfig } from '../config.js';
import { CrashPoints } from '../crash-point.js';
import { LedgerOpening } from '../ledger-opening.js';
import { Observations } from '../observations.js';
import { Payouts } from '../payouts/payouts.js';
import { startPolling } from '../polling.js';
import { Providers, type ReachableProvider } from '../providers.js';
import { connectionOf, Tenants } from '../tenants/tenants.js';
import { abandoned, callProvider } from './provider-call.js';
import { closeOperation, type LeasedOperation, leaseOperations, postponeOperation } from './operation.js';

const POSTPONE_MS = 1_000;

/**
 * Takes due operations, calls the provider with no transaction open, and observes the answer. What a crashed runner
 * left behind is looked up, never sent again on a guess.
 */
@Injectable()
export class OperationRunner {
  private readonly inFlight = new Set<Promise<void>>();

  constructor(
    private readonly database: Database,
    private readonly tenants: Tenants,
    private readonly providers: Providers,
    private readonly opening: LedgerOpening,
    private readonly payouts: Payouts,
    private readonly observations: Observations,
    private readonly crash: CrashPoints,
    private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: PaymentsConfig,
    lifecycle: Lifecycle,
  ) {
    const options = { name: 'operation-runner', everyMs: config.pollMs, signal: 'operations' };
    startPolling(lifecycle, database, logger, {
      ...options,
      round: () => this.round(),
      drain: () => Promise.all(this.inFlight),
    });
  }

  private async round(): Promise<boolean> {
    const tenants = await this.tenants.all();
    let taken = 0;
    for (const tenant of tenants) taken += await this.takeAndStart(tenant);
    return taken > 0;
  }

  /** Starts what is due and there is room for; a slow provider doesn't keep the next round waiting. */
  private async takeAndStart(tenant: Tenant): Promise<number> {
    const { providerConcurrency, leaseMs } = this.config;
    const room = providerConcurrency - this.inFlight.size;
    if (room <= 0) return 0;
    const held = await this.database.transaction((tx) => leaseOperations(tx, tenant.id, room, leaseMs));
    if (held.length > 0) this.crash.reach('operation.after-lease');
    for (const one of held) {
      const call: Promise<void> = this.run(tenant, one).finally(() => this.inFlight.delete(call));
      this.inFlight.add(call);
    }
    return held.length;
  }

  /** One operation; whatever goes wrong, its lease runs out and it is looked up. */
  private async run(tenant: Tenant, held: LeasedOperation): Promise<void> {
    try {
      if (held.abandoned) await this.observe(tenant, held, { observation: abandoned(held), notFound: false });
      else await this.call(tenant, held);
    } catch (error) {
      const { operationId } = held.call;
      this.logger.warn('An operation was left to its lease', { tenantId: tenant.id, operationId, error });
    }
  }

  private async call(tenant: Tenant, held: LeasedOperation): Promise<void> {
    const provider = this.providers.find(held.provider);
    const connection = connectionOf(tenant, held.connectionId);
    const ready = provider !== undefined && connection !== undefined && (await this.ledgerIsOpen(tenant));
    if (!ready) {
      await this.database.transaction((tx) => postponeOperation(tx, held, POSTPONE_MS));
      return;
    }
    if (held.step === 'send' && held.call.kind === 'payout' && !(await this.submit(tenant, held))) return;
    this.crash.reach('operation.before-call');
    const { baseUrl, adapter } = provider;
    const context = { baseUrl, apiKey: connection.apiKey, timeoutMs: this.config.providerTimeoutMs };
    const report = await callProvider(adapter, held, context);
    this.crash.reach('operation.after-call');
    await this.observe(tenant, held, report, provider);
    this.crash.reach('operation.after-observe');
  }

  /** Bookings of the operation go to the tenant's ledger, which must exist by then. */
  private async ledgerIsOpen(tenant: Tenant): Promise<boolean> {
    try {
      await this.opening.ensure(tenant);
      return true;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.logger.warn('Provider calls wait for the ledger', { tenantId: tenant.id, error });
      return false;
    }
  }

  /** Notes that the payout may be on its way from now on; false when it was canceled in the meantime. */
  private submit(tenant: Tenant, { ownerId, call: { operationId } }: LeasedOperation): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const command = { type: 'SubmitPayout', operationId, at: this.clock.now().toISOString() } as const;
      const { accepted } = await this.payouts.handle(tx, tenant, ownerId, { command, actor: 'runner' });
      if (!accepted) await closeOperation(tx, tenant.id, operationId);
      return accepted;
    });
  }

  private async observe(
    tenant: Tenant,
    held: LeasedOperation,
    { observation, notFound }: Awaited<ReturnType<typeof callProvider>>,
    provider?: ReachableProvider,
  ): Promise<void> {
    const { ownerId, leaseNumber, step } = held;
    const nativeIdempotency = provider?.adapter.manifest.idempotency === 'native';
    const wasLookup = step === 'look_up' && !held.abandoned;
    await this.database.transaction((tx) =>
      this.observations.apply(tx, tenant, {
        ownerId,
        observation,
        observationId: `${observation.source}:${leaseNumber}`,
        call: { leaseNumber, wasLookup, notFound, nativeIdempotency },
      }),
    );
  }
}
