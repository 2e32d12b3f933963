import { Reader } from './reader.js';
import type {
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
} from './settings.js';

const sha256 = [/^[0-9a-f]{64}$/, 'a SHA-256 in 64 hex digits'] as const;
const id = [/^[A-Za-z0-9_-]{1,64}$/, 'an id of letters, digits, _ and -'] as const;

/**
 * The settings file's content, checked whole: form, unknown fields, and that ids and tokens are unique
 * where they must be.
 * @throws Error naming every wrong place; never repeats a value, for some are secrets
 */
export function parseSettings(json: unknown): Settings {
  return Reader.document(json, (reader, check) => {
    const settings = {
      services: reader.list('services', serviceKey),
      tenants: reader.list('tenants', tenant),
    };
    for (const [what, values] of uniqueValues(settings)) {
      check(new Set(values).size === values.length, `two ${what} are the same`);
    }
    return settings;
  });
}

/**
 * What would let one key, tenant or webhook stand for another. Connections' ids are unique over all
 * tenants: webhooks name them alone.
 */
function uniqueValues({
  services,
  tenants,
}: Settings): readonly (readonly [what: string, values: readonly string[]])[] {
  const keys = [...services, ...tenants.flatMap((each) => each.keys)];
  const connections = tenants.flatMap((each) => each.connections);
  return [
    ['tenant ids', tenants.map((each) => each.id)],
    ['key ids', keys.map((each) => each.id)],
    ['tokens', keys.map((each) => each.tokenSha256)],
    ['connection ids', connections.map((each) => each.id)],
    ['webhook paths', connections.map((each) => each.webhookPath)],
  ];
}

const serviceKey = (reader: Reader): ServiceKey => ({
  id: reader.text('id', ...id),
  tokenSha256: reader.text('tokenSha256', ...sha256),
  scopes: reader.texts('scopes'),
});

const tenant = (reader: Reader): Tenant => ({
  id: reader.text('id', ...id),
  name: reader.text('name'),
  ledger: reader.text('ledger', ...id),
  mode: reader.oneOf('mode', ['demo_local', 'GATEWAY_DEMO', 'live']),
  keys: reader.list('keys', tenantKey),
  connections: reader.list('connections', connection),
  rateCard: reader.object('rateCard', rateCard),
  ...said('allowTestPaymentMethods', (field) => reader.optional(field, () => reader.bool(field))),
  ...said('payouts', (field) => reader.optional(field, () => reader.object(field, payoutPolicy))),
  ...said('settlements', (field) =>
    reader.optional(field, () => reader.oneOf(field, ['proposed', 'automatic'])),
  ),
  ...said('businessZone', (field) => reader.optional(field, () => reader.zone(field))),
});

/** The field with its value; nothing where it is missing. */
const said = <F extends string, T>(
  field: F,
  read: (field: F) => T | undefined,
): { readonly [K in F]?: T } => {
  const value = read(field);
  return value === undefined ? {} : ({ [field]: value } as { readonly [K in F]: T });
};

const TEN_YEARS_MINUTES = 5_256_000;

const payoutPolicy = (reader: Reader): PayoutPolicy => ({
  bands: reader.list('bands', payoutBand),
  reviewWithinMinutes: reader.whole('reviewWithinMinutes', TEN_YEARS_MINUTES, 1),
  payWithinMinutes: reader.whole('payWithinMinutes', TEN_YEARS_MINUTES, 1),
});

const payoutBand = (reader: Reader): PayoutBand => ({
  currency: reader.text('currency', /^[A-Z]{3}$/, 'a currency such as TRY'),
  fromMinor: reader.amount('fromMinor'),
  approvals: reader.whole('approvals', 2, 1) === 2 ? 2 : 1,
});

const tenantKey = (reader: Reader): TenantKey => ({
  id: reader.text('id', ...id),
  kind: reader.oneOf('kind', ['machine', 'person']),
  actor: reader.text('actor'),
  ...said('role', (field) => reader.optional(field, () => reader.text(field))),
  tokenSha256: reader.text('tokenSha256', ...sha256),
  scopes: reader.texts('scopes'),
});

const connection = (reader: Reader): Connection => ({
  id: reader.text('id', ...id),
  provider: reader.text('provider', ...id),
  apiKey: reader.text('apiKey'),
  ...reader.optionalTextMap('credentials'),
  signingKeys: reader.list('signingKeys', signingKey),
  signatureEnforced: reader.optional('signatureEnforced', (field) => reader.bool(field)) ?? true,
  webhookPath: reader.text('webhookPath', /^\/[^\s?#]+$/, 'a path that begins with /'),
  ...said('reportFilesProve', (field) => reader.optional(field, () => reader.bool(field))),
  ...said('settledBy', (field) => reader.optional(field, () => reader.oneOf(field, ['bank', 'report']))),
});

const signingKey = (reader: Reader): SigningKey => {
  const notBefore = reader.optional('notBefore', (field) => reader.instant(field));
  const notAfter = reader.optional('notAfter', (field) => reader.instant(field));
  return {
    id: reader.text('id', ...id),
    secret: reader.text('secret'),
    ...reader.optionalTextMap('parameters'),
    ...(notBefore !== undefined && { notBefore }),
    ...(notAfter !== undefined && { notAfter }),
  };
};

const rateCard = (reader: Reader): RateCard => {
  const commission = reader.optional('commission', (field) => reader.object(field, commissionOf));
  return {
    version: reader.whole('version', 1_000_000),
    providerFeeBasisPoints: reader.whole('providerFeeBasisPoints', 10_000),
    providerFeeFixedMinor: reader.amount('providerFeeFixedMinor'),
    ...(commission === undefined ? {} : { commission }),
  };
};

const commissionOf = (reader: Reader): Commission => ({
  basisPoints: reader.whole('basisPoints', 10_000),
  fixedMinor: reader.amount('fixedMinor'),
  vatBasisPoints: reader.whole('vatBasisPoints', 10_000),
  reserveBasisPoints: reader.whole('reserveBasisPoints', 10_000),
  refunded: reader.bool('refunded'),
});
