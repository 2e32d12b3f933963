export { parseSettings } from './parse-settings.js';
export type {
  Connection,
  RateCard,
  ServiceKey,
  Settings,
  SigningKey,
  Tenant,
  TenantKey,
  TenantMode,
} from './settings.js';
