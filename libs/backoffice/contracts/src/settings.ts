/** How a tenant may reach providers; `live` never uses the mock. */
export type TenantMode = 'demo_local' | 'GATEWAY_DEMO' | 'live';

/** A key of a tenant. Only the token's SHA-256 (hex) is kept. */
export interface TenantKey {
  readonly id: string;
  readonly kind: 'person' | 'machine';
  readonly actor: string;
  /** What a person is, as their approvals say; `approver` where it isn't said. */
  readonly role?: string;
  readonly tokenSha256: string;
  readonly scopes: readonly string[];
}

/** A key of one of our services; it acts for the tenant that the header Defter-Tenant names. */
export interface ServiceKey {
  readonly id: string;
  readonly tokenSha256: string;
  readonly scopes: readonly string[];
}

/** A secret with which a provider signs its webhooks; several may be valid while one replaces another. */
export interface SigningKey {
  readonly id: string;
  readonly secret: string;
  /** It verifies nothing before this instant; from the start without. */
  readonly notBefore?: Date;
  /** It verifies nothing from this instant on; for ever without. */
  readonly notAfter?: Date;
  /** What the provider's scheme wants beside it: PayTR's `salt`, iyzico's `merchantId`. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** A tenant's account at a provider. */
export interface Connection {
  readonly id: string;
  readonly provider: string;
  readonly apiKey: string;
  /** Further secrets for calling the provider, by its names: iyzico's `secretKey`, PayTR's `merchantSalt`. */
  readonly credentials?: Readonly<Record<string, string>>;
  readonly signingKeys: readonly SigningKey[];
  /**
   * On unless it is said otherwise. Off is a rollout mode: an unverified event is still counted and moves no
   * money.
   */
  readonly signatureEnforced: boolean;
  readonly webhookPath: string;
  /**
   * A settlement file that somebody hands in proves as much as one that we fetch from the provider. Off
   * unless it is said otherwise: its lines then only make the provider be asked.
   */
  readonly reportFilesProve?: boolean;
  /**
   * What says that a batch of settlement lines is paid: the bank's booking, unless it is said otherwise; or
   * the `report` alone, where there are no bank statements.
   */
  readonly settledBy?: 'bank' | 'report';
}

/**
 * What a provider charges for a payment: basis points of the amount plus a fixed part of the smallest unit.
 */
export interface RateCard {
  readonly version: number;
  readonly providerFeeBasisPoints: number;
  readonly providerFeeFixedMinor: bigint;
  /** What the tenant keeps of a merchant's sale; absent: nothing. */
  readonly commission?: Commission;
}

/** Basis points of the price plus a fixed part of the smallest unit; what goes with it. */
export interface Commission {
  readonly basisPoints: number;
  readonly fixedMinor: bigint;
  /** VAT on the commission. */
  readonly vatBasisPoints: number;
  /** Kept back from the merchant, against refunds and disputes. */
  readonly reserveBasisPoints: number;
  /** Whether a refund gives commission and VAT back in proportion. */
  readonly refunded: boolean;
}

/** From this amount of the currency on, so many people must approve a payout. */
export interface PayoutBand {
  readonly currency: string;
  readonly fromMinor: bigint;
  readonly approvals: 1 | 2;
}

/** How a tenant reviews its payouts; payoutPolicyOf says what holds where nothing is said. */
export interface PayoutPolicy {
  readonly bands: readonly PayoutBand[];
  /** From the request to the decision, and to the payment; past them a payout counts as stuck. */
  readonly reviewWithinMinutes: number;
  readonly payWithinMinutes: number;
}

/** A customer of Defter. */
export interface Tenant {
  readonly id: string;
  readonly name: string;
  readonly ledger: string;
  readonly mode: TenantMode;
  readonly keys: readonly TenantKey[];
  readonly connections: readonly Connection[];
  readonly rateCard: RateCard;
  /** Test cards and test IBANs; where it isn't said, they are taken in every mode but `live`. */
  readonly allowTestPaymentMethods?: boolean;
  readonly payouts?: PayoutPolicy;
  /**
   * What becomes of a batch that reconciliation has found settled: `proposed` waits for a person's approval
   * (and is what holds where nothing is said); `automatic` is booked where nothing at all differs.
   */
  readonly settlements?: 'proposed' | 'automatic';
  /** Whose midnight ends the tenant's business day (IANA name); the service's where it isn't said. */
  readonly businessZone?: string;
}

/** Whether the tenant takes test cards and test IBANs. */
export const allowsTestPaymentMethods = ({
  mode,
  allowTestPaymentMethods,
}: Pick<Tenant, 'mode' | 'allowTestPaymentMethods'>): boolean => allowTestPaymentMethods ?? mode !== 'live';

const DAY_MINUTES = 24 * 60;

/** The tenant's rules for payouts; without any, one approval, a day to decide and three to pay. */
export const payoutPolicyOf = ({ payouts }: Pick<Tenant, 'payouts'>): PayoutPolicy =>
  payouts ?? { bands: [], reviewWithinMinutes: DAY_MINUTES, payWithinMinutes: 3 * DAY_MINUTES };

/** The whole settings file (TENANTS_FILE); the back office will own it. */
export interface Settings {
  readonly services: readonly ServiceKey[];
  readonly tenants: readonly Tenant[];
}
