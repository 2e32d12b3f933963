export { parseSettings } from './parse-settings.js';
export type {
  Commission,
  Connection,
  RateCard,
  ServiceKey,
  Settings,
  SigningKey,
  Tenant,
  TenantKey,
  TenantMode,
} from './settings.js';
