import { Inject, Injectable } from '@nestjs/common';
import type { PaymentProvider } from '@defter/payments-contracts';
import { CONFIG } from '@defter/platform';
import { adyen } from '@defter/provider-adyen';
import { iyzico } from '@defter/provider-iyzico';
import { mockPsp } from '@defter/provider-mock-psp';
import { paytr } from '@defter/provider-paytr';
import { stripe } from '@defter/provider-stripe';
import type { PaymentsConfig } from './config.js';

export interface ReachableProvider {
  readonly adapter: PaymentProvider;
  readonly baseUrl: string;
}

/** The providers that this build knows, with the addresses at which they are reached. */
@Injectable()
export class Providers {
  private readonly byId: ReadonlyMap<string, ReachableProvider>;

  constructor(@Inject(CONFIG) config: PaymentsConfig) {
    const reachable: readonly ReachableProvider[] = [
      { adapter: mockPsp, baseUrl: config.mockPspUrl },
      { adapter: stripe, baseUrl: config.stripeUrl },
      { adapter: iyzico, baseUrl: config.iyzicoUrl },
      { adapter: paytr, baseUrl: config.paytrUrl },
      // Only its webhooks are read; it has no address because nothing is sent.
      { adapter: adyen, baseUrl: '' },
    ];
    this.byId = new Map(reachable.map((provider) => [provider.adapter.manifest.id, provider]));
  }

  /** Ids of those that can pay out. */
  get paying(): readonly string[] {
    const adapters = [...this.byId.values()].map(({ adapter }) => adapter.manifest);
    return adapters.filter(({ capabilities }) => capabilities.includes('payout')).map(({ id }) => id);
  }

  find(id: string): ReachableProvider | undefined {
    return this.byId.get(id);
  }
}
