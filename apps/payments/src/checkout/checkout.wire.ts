import { IsInt, IsOptional, Max, Min, ValidateBy } from 'class-validator';
import { HasNoCardNumber, IsAmount, IsCurrency } from '@defter/platform';
import { IsMetadata, IsPlainText, IsSegment } from '../plain-text.js';
import type { CheckoutRow } from './checkout-session-row.js';

const DEFAULT_EXPIRY_S = 30 * 60;
const MAX_EXPIRY_S = 7 * 24 * 3_600;

/** An address that a browser may be sent to: absolute, http or https, without a name and password. */
export const isBrowserUrl = (value: unknown): value is string => {
  if (typeof value !== 'string' || value.length > 2_048 || !/^https?:\/\/[^\s\\]+$/i.test(value))
    return false;
  if (!URL.canParse(value)) return false;
  const { username, password } = new URL(value);
  return username === '' && password === '';
};

const IsBrowserUrl = (): PropertyDecorator =>
  ValidateBy({
    name: 'browserUrl',
    validator: {
      validate: isBrowserUrl,
      defaultMessage: () => '$property must be an absolute http or https address of at most 2048 characters',
    },
  });

export class OpenCheckoutBody {
  /** 0 needs no payment, only the payer's confirmation. */
  @IsAmount() amount_minor!: bigint;
  @IsCurrency() currency!: string;
  @IsSegment() customer_id!: string;
  @IsPlainText(128) merchant_reference!: string;
  @IsBrowserUrl() @HasNoCardNumber() success_url!: string;
  @IsBrowserUrl() @HasNoCardNumber() cancel_url!: string;
  /** What is paid for, as the payer reads it. */
  @IsOptional() @IsPlainText(200, { noCard: true }) description?: string;
  /** Seconds. */
  @IsOptional() @IsInt() @Min(1) @Max(MAX_EXPIRY_S) expires_in?: number;
  @IsOptional() @IsSegment() connection_id?: string;
  @IsOptional() @IsMetadata() metadata?: Record<string, string>;
}

/** What a merchant asks for. */
export interface CheckoutRequest {
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly customerId: string;
  readonly merchantReference: string;
  readonly successUrl: string;
  readonly cancelUrl: string;
  readonly description: string | null;
  readonly expiresInS: number;
  readonly connectionId: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

export const toCheckoutRequest = (body: OpenCheckoutBody): CheckoutRequest => ({
  amountMinor: body.amount_minor,
  currency: body.currency,
  customerId: body.customer_id,
  merchantReference: body.merchant_reference,
  successUrl: body.success_url,
  cancelUrl: body.cancel_url,
  description: body.description ?? null,
  expiresInS: body.expires_in ?? DEFAULT_EXPIRY_S,
  connectionId: body.connection_id,
  metadata: body.metadata ?? {},
});

/** A session as the API shows it; amounts are JSON integers of the smallest unit. */
export const toCheckoutView = ({ session, createdAt }: CheckoutRow, checkoutUrl: string) => ({
  session_id: session.sessionId,
  object: 'checkout_session',
  checkout_url: checkoutUrl,
  expires_at: session.expiresAt,
  amount_minor: session.amountMinor,
  currency: session.currency,
  status: session.status,
  payment_status: session.paymentStatus,
  merchant_reference: session.merchantReference,
  customer_id: session.customerId,
  description: session.description,
  payment_intent_id: session.intentId,
  success_url: session.successUrl,
  cancel_url: session.cancelUrl,
  metadata: session.metadata,
  created_at: createdAt,
});
