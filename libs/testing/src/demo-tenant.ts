import { createHash, randomBytes } from 'node:crypto';
import type { Connection, ServiceKey, Tenant, TenantKey } from '@defter/backoffice-contracts';

/** A tenant for tests, together with what only its people know: their tokens and secrets. */
export interface DemoTenant {
  readonly tenant: Tenant;
  readonly tokens: {
    /** A machine that may do everything a merchant's backend does. */
    readonly backend: string;
    /** Two people: each may ask for a payout, and approve the other's. */
    readonly ayse: string;
    readonly bora: string;
    /** A person without any scope. */
    readonly visitor: string;
  };
  /** Its connection to the mock provider. */
  readonly connection: Connection;
  /** What the mock provider signs with. */
  readonly signingSecret: string;
}

const BACKEND = ['ledger', 'payments', 'reconciliation'].flatMap((context) => [
  `${context}:read`,
  `${context}:write`,
]);
const PERSON = [
  'payments:read',
  'payouts:request',
  'payouts:approve',
  'findings:resolve',
  'findings:approve',
  'reconciliation:read',
];

/** A new tenant with ids and tokens of its own; `changes` replaces fields. */
export function demoTenant(changes: Partial<Tenant> = {}): DemoTenant {
  const id = changes.id ?? `t_${randomBytes(4).toString('hex')}`;
  const tokens = { backend: newToken(), ayse: newToken(), bora: newToken(), visitor: newToken() };
  const signingSecret = `whsec_${randomBytes(24).toString('base64')}`;
  const connectionId = `c_${id.slice(2)}_mock`;
  const connection = {
    id: connectionId,
    provider: 'mock-psp',
    apiKey: randomBytes(16).toString('hex'),
    signingKeys: [{ id: 'whk_1', secret: signingSecret }],
    signatureEnforced: true,
    webhookPath: `/api/v1/payments/webhook/mock-psp/${connectionId}`,
  };
  const key = (
    name: keyof DemoTenant['tokens'],
    kind: TenantKey['kind'],
    scopes: readonly string[],
  ): TenantKey => ({
    id: `k_${id.slice(2)}_${name}`,
    kind,
    actor: kind === 'person' ? `${name}@demo` : `demo-${name}`,
    tokenSha256: sha256(tokens[name]),
    scopes,
  });
  const tenant: Tenant = {
    id,
    name: 'Demo',
    ledger: 'main',
    mode: 'demo_local',
    keys: [
      key('backend', 'machine', BACKEND),
      key('ayse', 'person', PERSON),
      key('bora', 'person', PERSON),
      key('visitor', 'person', []),
    ],
    connections: [connection],
    rateCard: { version: 1, providerFeeBasisPoints: 250, providerFeeFixedMinor: 0n },
    ...changes,
  };
  return { tenant, tokens, connection, signingSecret };
}

/** A service's key and its token. */
export function serviceKey(
  id: string,
  scopes: readonly string[],
): { readonly key: ServiceKey; readonly token: string } {
  const token = newToken();
  return { key: { id, tokenSha256: sha256(token), scopes }, token };
}

function newToken(): string {
  return `dk_${randomBytes(16).toString('hex')}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
