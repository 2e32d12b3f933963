import { IsBoolean, IsIn, IsOptional, IsString, Matches } from 'class-validator';
import { IsAmount, IsCurrency, malformed } from '@defter/platform';
import { IsMetadata, IsPlainText } from '../plain-text.js';

/** Segments of a ledger address: the customer's wallet is named after it. */
const CUSTOMER_ID = /^[A-Za-z0-9_-]{1,64}$/;

export class CreateIntentBody {
  @IsAmount() amount_minor!: bigint;
  @IsCurrency() currency!: string;
  @Matches(CUSTOMER_ID) customer_id!: string;
  @IsPlainText(128) merchant_reference!: string;
  /** True starts the first attempt at once, with `payment_method`. */
  @IsOptional() @IsBoolean() confirm?: boolean;
  @IsOptional() @IsPlainText(128, { noCard: true }) payment_method?: string;
  @IsOptional() @Matches(CUSTOMER_ID) connection_id?: string;
  @IsOptional() @IsMetadata() metadata?: Record<string, string>;
}

export class ConfirmIntentBody {
  @IsPlainText(128, { noCard: true }) payment_method!: string;
  @IsOptional() @Matches(CUSTOMER_ID) connection_id?: string;
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
  @IsOptional() @Matches(CUSTOMER_ID) customer_id?: string;
  @IsOptional() @IsPlainText(128) merchant_reference?: string;
  @IsOptional() @IsString() cursor?: string;
  @IsOptional() @IsString() page_size?: string;
}

/** What a caller asks for; `paymentMethod` is absent when nothing is to be charged yet. */
export interface IntentRequest {
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly customerId: string;
  readonly merchantReference: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly connectionId: string | undefined;
  readonly paymentMethod: string | undefined;
}

/** @throws ProblemException 400 for an amount of 0, or a confirmation without a payment method */
export const toIntentRequest = (body: CreateIntentBody): IntentRequest => {
  if (body.amount_minor === 0n) {
    throw malformed([{ loc: ['body', 'amount_minor'], msg: 'amount_minor must be above 0', type: 'amount' }]);
  }
  if (body.confirm === true && body.payment_method === undefined) {
    const msg = 'payment_method is required to confirm';
    throw malformed([{ loc: ['body', 'payment_method'], msg, type: 'required' }]);
  }
  return {
    amountMinor: body.amount_minor,
    currency: body.currency,
    customerId: body.customer_id,
    merchantReference: body.merchant_reference,
    metadata: body.metadata ?? {},
    connectionId: body.connection_id,
    paymentMethod: body.confirm === true ? body.payment_method : undefined,
  };
};

/** What `listIntents` filters by. */
export const toIntentFilter = (query: ListIntentsQuery) => ({
  status: query.status,
  customerId: query.customer_id,
  merchantReference: query.merchant_reference,
});
