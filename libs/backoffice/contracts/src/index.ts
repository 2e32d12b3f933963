export { parseSettings } from './parse-settings.js';
export { allowsTestPaymentMethods, payoutPolicyOf } from './settings.js';
export type {
  Commission,
  Connection,
  PayoutBand,
  PayoutPolicy,
  RateCard,
  ServiceKey,
  Settings,
  SigningKey,
  Tenant,
  TenantKey,
  TenantMode,
} from './settings.js';
