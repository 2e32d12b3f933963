import { IsBoolean, IsIn, IsOptional, IsString } from 'class-validator';
import type { CaptureMethod } from '@defter/payments-domain';
import { IsAmount, IsCurrency, malformed } from '@defter/platform';
import { IsMetadata, IsPlainText, IsReturnUrl, IsSegment } from '../plain-text.js';

export class CreateIntentBody {
  /** What the payer pays in all. */
  @IsAmount() amount_minor!: bigint;
  @IsCurrency() currency!: string;
  /** The customer's wallet is named after it. */
  @IsSegment() customer_id!: string;
  @IsPlainText(128, { noCard: true }) merchant_reference!: string;
  /** Whose sale it is; without it, a deposit to the customer's wallet. */
  @IsOptional() @IsSegment() merchant_id?: string;
  /** The part of `amount_minor` that the payer pays because of instalments. */
  @IsOptional() @IsAmount() instalment_surcharge_minor?: bigint;
  @IsOptional() @IsIn(['automatic', 'manual']) capture_method?: CaptureMethod;
  /** True starts the first attempt at once, with `payment_method`. */
  @IsOptional() @IsBoolean() confirm?: boolean;
  @IsOptional() @IsPlainText(128, { noCard: true }) payment_method?: string;
  @IsOptional() @IsReturnUrl() return_url?: string;
  @IsOptional() @IsSegment() connection_id?: string;
  @IsOptional() @IsMetadata() metadata?: Record<string, string>;
}

export class ConfirmIntentBody {
  @IsOptional() @IsPlainText(128, { noCard: true }) payment_method?: string;
  @IsOptional() @IsReturnUrl() return_url?: string;
  @IsOptional() @IsSegment() connection_id?: string;
}

export class AbandonIntentBody {
  /** The operation id of the attempt that is meant; nothing is given up if it is another one that waits. */
  @IsOptional() @IsSegment() attempt?: string;
}

export class CaptureIntentBody {
  /** Without it, all that is left of the authorisation. */
  @IsOptional() @IsAmount() amount_minor?: bigint;
  @IsOptional() @IsMetadata() metadata?: Record<string, string>;
}

export class ListIntentsQuery {
  @IsOptional()
  @IsIn([
    'requires_payment_method',
    'requires_confirmation',
    'requires_action',
    'processing',
    'requires_capture',
    'partially_captured',
    'unknown',
    'succeeded',
    'canceled',
  ])
  status?: string;
  @IsOptional() @IsSegment() customer_id?: string;
  @IsOptional() @IsPlainText(128, { noCard: false }) merchant_reference?: string;
  @IsOptional() @IsString() cursor?: string;
  @IsOptional() @IsString() page_size?: string;
}

export class TimelineQuery {
  @IsOptional() @IsString() cursor?: string;
  @IsOptional() @IsString() page_size?: string;
}

/**
 * What a caller asks for; `paymentMethod` is absent when nothing is to be charged yet. What isn't given stays
 * undefined: the digest of a request must be the one that an older process made of it.
 */
export interface IntentRequest {
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly customerId: string;
  readonly merchantReference: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly connectionId: string | undefined;
  readonly paymentMethod: string | undefined;
  /** Given, but not to be charged yet. */
  readonly savedMethod: string | undefined;
  readonly merchantId: string | undefined;
  readonly surchargeMinor: bigint | undefined;
  readonly captureMethod: CaptureMethod | undefined;
  readonly returnUrl: string | undefined;
}

/**
 * @throws ProblemException 400 for an amount of 0, a confirmation without a payment method, or a connection
 * without a confirmation: it isn't kept, and another one would be charged
 */
export const toIntentRequest = (body: CreateIntentBody): IntentRequest => {
  aboveZero(body.amount_minor);
  const isCharged = body.confirm === true;
  if (isCharged && typeof body.payment_method !== 'string') {
    const msg = 'payment_method is required to confirm';
    throw malformed([{ loc: ['body', 'payment_method'], msg, type: 'required' }]);
  }
  if (!isCharged && given(body.connection_id) !== undefined) {
    const msg = 'connection_id goes with confirm: true; without it, name the connection when you confirm';
    throw malformed([{ loc: ['body', 'connection_id'], msg, type: 'needs-confirm' }]);
  }
  checkSurcharge(body);
  return {
    amountMinor: body.amount_minor,
    currency: body.currency,
    customerId: body.customer_id,
    merchantReference: body.merchant_reference,
    metadata: body.metadata ?? {},
    connectionId: given(body.connection_id),
    paymentMethod: isCharged ? body.payment_method : undefined,
    savedMethod: isCharged ? undefined : given(body.payment_method),
    merchantId: given(body.merchant_id),
    surchargeMinor: given(body.instalment_surcharge_minor),
    captureMethod: body.capture_method === 'manual' ? 'manual' : undefined,
    returnUrl: given(body.return_url),
  };
};

/** A field that is null isn't there. */
const given = <T>(value: T | null | undefined): T | undefined => value ?? undefined;

/** A surcharge is a part of one sale of a merchant; what several captures have of it isn't known. */
const checkSurcharge = (body: CreateIntentBody): void => {
  const surcharge = body.instalment_surcharge_minor ?? undefined;
  if (surcharge === undefined) return;
  const isFit =
    surcharge < body.amount_minor && typeof body.merchant_id === 'string' && body.capture_method !== 'manual';
  if (isFit) return;
  const msg =
    'instalment_surcharge_minor must be below amount_minor, with merchant_id, captured automatically';
  throw malformed([{ loc: ['body', 'instalment_surcharge_minor'], msg, type: 'surcharge' }]);
};

/** @throws ProblemException 400 for an amount of 0 */
export const aboveZero = (amountMinor: bigint | undefined): void => {
  if (amountMinor !== 0n) return;
  throw malformed([{ loc: ['body', 'amount_minor'], msg: 'amount_minor must be above 0', type: 'amount' }]);
};

/** What `listIntents` filters by. */
export const toIntentFilter = (query: ListIntentsQuery) => ({
  status: query.status,
  customerId: query.customer_id,
  merchantReference: query.merchant_reference,
});
