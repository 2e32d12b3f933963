import { IsIn, IsOptional, IsString, Matches } from 'class-validator';
import { IsAmount, IsCurrency, malformed } from '@defter/platform';
import { IsMetadata, IsPlainText } from '../plain-text.js';

const CUSTOMER_ID = /^[A-Za-z0-9_-]{1,64}$/;

export class RequestPayoutBody {
  @IsAmount() amount_minor!: bigint;
  @IsCurrency() currency!: string;
  @Matches(CUSTOMER_ID) customer_id!: string;
  /** A test IBAN or a stored instrument. */
  @IsPlainText(128, { noCard: true }) destination!: string;
  @IsOptional() @Matches(CUSTOMER_ID) connection_id?: string;
  @IsOptional() @IsMetadata() metadata?: Record<string, string>;
}

export class ApprovePayoutBody {
  /** Of the payout as it was shown: nobody approves what they didn't see. */
  @Matches(/^[0-9a-f]{64}$/) payload_hash!: string;
  @IsOptional() @IsPlainText(500) note?: string;
}

export class ReasonBody {
  @IsPlainText(500) reason!: string;
}

export class ListPayoutsQuery {
  @IsOptional()
  @IsIn([
    'reserving',
    'requested',
    'in_review',
    'on_hold',
    'approved',
    'queued',
    'submitted',
    'in_transit',
    'unknown',
    'paid',
    'rejected',
    'canceled',
    'failed',
    'returned',
  ])
  state?: string;
  @IsOptional() @IsIn(['true', 'false']) stuck?: 'true' | 'false';
  @IsOptional() @Matches(CUSTOMER_ID) customer_id?: string;
  @IsOptional() @Matches(CUSTOMER_ID) provider?: string;
  @IsOptional() @IsPlainText(128) requested_by?: string;
  @IsOptional() @IsString() cursor?: string;
  @IsOptional() @IsString() page_size?: string;
}

/** What somebody wants to be paid out. */
export interface PayoutWish {
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly customerId: string;
  readonly destination: string;
  readonly connectionId: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/** @throws ProblemException 400 for an amount of 0 */
export const toPayoutWish = (body: RequestPayoutBody): PayoutWish => {
  if (body.amount_minor === 0n) {
    throw malformed([{ loc: ['body', 'amount_minor'], msg: 'amount_minor must be above 0', type: 'amount' }]);
  }
  return {
    amountMinor: body.amount_minor,
    currency: body.currency,
    customerId: body.customer_id,
    destination: body.destination,
    connectionId: body.connection_id,
    metadata: body.metadata ?? {},
  };
};

/** What `listPayouts` filters by. */
export const toPayoutFilter = (query: ListPayoutsQuery) => ({
  state: query.state,
  stuck: query.stuck && query.stuck === 'true',
  customerId: query.customer_id,
  provider: query.provider,
  requestedBy: query.requested_by,
});
