import { Inject, Injectable } from '@nestjs/common';
import type { PaymentProvider } from '@defter/payments-contracts';
import { CONFIG } from '@defter/platform';
import { mockPsp } from '@defter/provider-mock-psp';
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
    this.byId = new Map([[mockPsp.manifest.id, { adapter: mockPsp, baseUrl: config.mockPspUrl }]]);
  }

  find(id: string): ReachableProvider | undefined {
    return this.byId.get(id);
  }
}
