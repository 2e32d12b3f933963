import { Inject, Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import { CONFIG, Fault } from '@defter/platform';
import type { PaymentsConfig } from './config.js';
import { askLedger } from './ledger-http.js';

/**
 * What the provider holds for us, what it has transferred and what it costs are kept from the debit side, so
 * they go below zero, and so do debts; wallets may not.
 */
const ACCOUNT_TYPES = [
  { pattern: 'psp:*', mayOverdraw: true },
  { pattern: 'fees:*', mayOverdraw: true },
  { pattern: 'bank:*', mayOverdraw: true },
  // What they owe us, for disputes that they lost and had no funds for.
  { pattern: 'users:*:debt', mayOverdraw: true },
  { pattern: 'merchants:*:debt', mayOverdraw: true },
];

const ASK_AGAIN_MS = 1_000;

/**
 * Opens a tenant's ledger before the first command goes there: the ledger refuses commands for one it
 * doesn't have.
 */
@Injectable()
export class LedgerOpening {
  private readonly opened = new Set<string>();
  private readonly underWay = new Map<string, Promise<void>>();
  private readonly failedAt = new Map<string, number>();

  constructor(@Inject(CONFIG) private readonly config: PaymentsConfig) {}

  /** What is known without asking; `opening` while it is asked, and for a second after that failed. */
  stateOf(tenant: Tenant): 'open' | 'opening' | 'unknown' {
    const name = nameOf(tenant);
    if (this.opened.has(name)) return 'open';
    const isFresh = Date.now() - (this.failedAt.get(name) ?? 0) < ASK_AGAIN_MS;
    return this.underWay.has(name) || isFresh ? 'opening' : 'unknown';
  }

  /**
   * Once per tenant and process, however many ask at the same time; one that exists gets the account types.
   * @throws Fault while the ledger doesn't answer
   */
  async ensure(tenant: Tenant): Promise<void> {
    const name = nameOf(tenant);
    if (this.opened.has(name)) return;
    const opening = this.underWay.get(name) ?? this.open(tenant);
    this.underWay.set(name, opening);
    try {
      await opening;
    } catch (error) {
      this.failedAt.set(name, Date.now());
      throw error;
    } finally {
      this.underWay.delete(name);
    }
  }

  private async open(tenant: Tenant): Promise<void> {
    const { id, ledger } = tenant;
    const name = nameOf(tenant);
    const rules = { accountTypes: ACCOUNT_TYPES };
    let answer = await askLedger(this.config, id, `/v2/${ledger}`, rules);
    // Somebody else may have opened it, without what bookings need.
    if (answer.code === 'LEDGER_ALREADY_EXISTS') {
      answer = await askLedger(this.config, id, `/v2/${ledger}/account-types`, rules);
      if (answer.status < 300) await this.expectStickyRefusals(tenant);
    }
    if (answer.status < 300) this.opened.add(name);
    else throw new Fault('ledger-away', `Opening ${name} gave ${answer.status} ${answer.code ?? ''}`);
  }

  /** What was refused is given up, and asked for under another key: booked later, it would be there twice. */
  private async expectStickyRefusals(tenant: Tenant): Promise<void> {
    const path = `/v2/${tenant.ledger}/_settings`;
    const { status, body } = await askLedger(this.config, tenant.id, path);
    const refusals = (body as { readonly data?: { readonly refusals?: unknown } } | undefined)?.data
      ?.refusals;
    if (refusals === 'sticky') return;
    const said = status === 200 ? `its refusals are ${String(refusals)}` : `its settings gave ${status}`;
    const todo = `payments books only where they are sticky: PATCH ${path} {"refusals": "sticky"}`;
    throw new Fault('ledger-away', `Nothing is booked in ${nameOf(tenant)}: ${said}; ${todo}`);
  }
}

const nameOf = ({ id, ledger }: Tenant): string => `${id}/${ledger}`;
