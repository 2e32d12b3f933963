import { Inject, Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import { CONFIG, Fault } from '@defter/platform';
import type { PaymentsConfig } from './config.js';

/** What the provider holds for us and what it costs may be negative; wallets may not. */
const ACCOUNT_TYPES = [
  { pattern: 'psp:*', mayOverdraw: true },
  { pattern: 'fees:*', mayOverdraw: true },
];

/**
 * Opens a tenant's ledger before the first command goes there: the ledger refuses commands for one it
 * doesn't have.
 */
@Injectable()
export class LedgerOpening {
  private readonly opened = new Set<string>();

  constructor(@Inject(CONFIG) private readonly config: PaymentsConfig) {}

  /** Once per tenant and process; one that exists is fine. @throws Fault while the ledger doesn't answer */
  async ensure({ id, ledger }: Tenant): Promise<void> {
    const name = `${id}/${ledger}`;
    if (this.opened.has(name)) return;
    const { status, code } = await this.open(id, ledger);
    if (status < 300 || code === 'LEDGER_ALREADY_EXISTS') this.opened.add(name);
    else throw new Fault('ledger-away', `Opening ${name} gave ${status} ${code ?? ''}`);
  }

  private async open(
    tenantId: string,
    ledger: string,
  ): Promise<{ status: number; code: string | undefined }> {
    const { ledgerUrl, serviceToken, ledgerTimeoutMs } = this.config;
    try {
      const response = await fetch(`${ledgerUrl}/v2/${ledger}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${serviceToken}`,
          'defter-tenant': tenantId,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ accountTypes: ACCOUNT_TYPES }),
        signal: AbortSignal.timeout(ledgerTimeoutMs),
      });
      const text = await response.text();
      return { status: response.status, code: response.ok ? undefined : errorCodeIn(text) };
    } catch (error) {
      throw new Fault('ledger-away', `The ledger can't be reached: ${String(error)}`, 1, { cause: error });
    }
  }
}

const errorCodeIn = (text: string): string | undefined => {
  try {
    const body = JSON.parse(text) as { readonly errorCode?: unknown };
    return typeof body.errorCode === 'string' ? body.errorCode : undefined;
  } catch {
    return undefined;
  }
};
