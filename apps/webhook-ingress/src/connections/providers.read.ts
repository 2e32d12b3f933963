import type { PaymentProvider } from '@defter/payments-contracts';
import { adyen } from '@defter/provider-adyen';
import { iyzico } from '@defter/provider-iyzico';
import { mockPsp } from '@defter/provider-mock-psp';
import { paytr } from '@defter/provider-paytr';
import { stripe } from '@defter/provider-stripe';

/** Providers by the id that stands in the path. */
export type Providers = ReadonlyMap<string, PaymentProvider>;

/** Injection token of `Providers`. */
export const PROVIDERS = Symbol('PROVIDERS');

/** Makes the registry. @throws Error when two providers have the same id */
export function providersOf(list: readonly PaymentProvider[]): Providers {
  const providers = new Map(list.map((provider) => [provider.manifest.id, provider]));
  if (providers.size < list.length) throw new Error('Two providers have the same id');
  return providers;
}

/** Every provider this build can receive from. */
export const knownProviders: Providers = providersOf([mockPsp, stripe, iyzico, paytr, adyen]);
