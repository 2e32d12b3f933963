import { Inject, Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import { CONFIG, Fault } from '@defter/platform';
import type { PaymentsConfig } from './config.js';

/**
 * What the provider holds for us, what it has transferred and what it costs are kept from the debit side, so
 * they go below zero; wallets may not.
 */
const ACCOUNT_TYPES = [
  { pattern: 'psp:*', mayOverdraw: true },
  { pattern: 'fees:*', mayOverdraw: true },
  { pattern: 'bank:*', mayOverdraw: true },
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
    let answer = await this.post(id, `/v2/${ledger}`, rules);
    // Somebody else may have opened it, without what bookings need.
    if (answer.code === 'LEDGER_ALREADY_EXISTS') {
      answer = await this.post(id, `/v2/${ledger}/account-types`, rules);
    }
    if (answer.status < 300) this.opened.add(name);
    else throw new Fault('ledger-away', `Opening ${name} gave ${answer.status} ${answer.code ?? ''}`);
  }

  private async post(
    tenantId: string,
    path: string,
    body: object,
  ): Promise<{ status: number; code: string | undefined }> {
    const { ledgerUrl, serviceToken, ledgerTimeoutMs } = this.config;
    try {
      const response = await fetch(`${ledgerUrl}${path}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${serviceToken}`,
          'defter-tenant': tenantId,
          'content-type': 'application/json',
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(ledgerTimeoutMs),
      });
      const text = await response.text();
      return { status: response.status, code: response.ok ? undefined : errorCodeIn(text) };
    } catch (error) {
      throw new Fault('ledger-away', `The ledger can't be reached: ${String(error)}`, 1, { cause: error });
    }
  }
}

const nameOf = ({ id, ledger }: Tenant): string => `${id}/${ledger}`;

const errorCodeIn = (text: string): string | undefined => {
  try {
    const body = JSON.parse(text) as { readonly errorCode?: unknown };
    return typeof body.errorCode === 'string' ? body.errorCode : undefined;
  } catch {
    return undefined;
  }
};
