import type { DisabledReason } from '@defter/webhooks-domain';
import type { Scheme } from '../signature.js';

/** Where a tenant wants its events. */
export interface Endpoint {
  readonly id: string;
  readonly url: string;
  readonly description: string;
  readonly eventTypes: readonly string[];
  readonly headerNames: readonly string[];
  readonly concurrency: number;
  readonly status: 'enabled' | 'disabled';
  readonly disabledReason: DisabledReason | null;
  readonly disabledAt: Date | null;
  readonly failingSince: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A secret of an endpoint, without the secret. */
export interface SecretInfo {
  readonly endpointId: string;
  readonly id: string;
  readonly scheme: Scheme;
  readonly publicKey: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}

/** What a caller may set. */
export interface EndpointWish {
  readonly url: string;
  readonly description: string;
  readonly eventTypes: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly concurrency: number;
}

/** Where the sealed texts of an endpoint belong; see Sealing. */
export const headersPlace = (tenantId: string, endpointId: string): string =>
  `${tenantId}/${endpointId}/headers`;
export const secretPlace = (tenantId: string, endpointId: string, secretId: string): string =>
  `${tenantId}/${endpointId}/${secretId}`;
