import { IsIn, IsOptional, IsString, ValidateIf } from 'class-validator';
import { HasForm, HasNoCardNumber, IsAmount, IsCurrency, IsReason, malformed } from '@defter/platform';
import type { PayoutFilter } from './payout.read.js';
import {
  IsDestination,
  IsMetadata,
  IsPayloadHash,
  IsPlainText,
  IsSegment,
  storedDestination,
} from '../plain-text.js';

export class RequestPayoutBody {
  @IsAmount() amount_minor!: bigint;
  @IsCurrency() currency!: string;
  @IsSegment() customer_id!: string;
  /** An IBAN, or an instrument that the provider has stored. */
  @IsDestination() destination!: string;
  @IsOptional() @IsSegment() connection_id?: string;
  @IsOptional() @IsMetadata() metadata?: Record<string, string>;
}

export class ApprovePayoutBody {
  /** Of the payout as it was shown: nobody approves what they didn't see. */
  @IsPayloadHash('payout') payload_hash!: string;
  @IsOptional() @IsReason(500) @HasNoCardNumber() note?: string;
}

export class ReviewPayoutBody {
  /** Who looks at it; whoever calls where it isn't said, nobody any more for null. */
  @ValidateIf(({ assignee }: ReviewPayoutBody) => assignee !== null && assignee !== undefined)
  @IsPlainText(128)
  assignee?: string | null;
}

/** What isn't given stays; metadata is replaced as a whole. */
export class EditPayoutBody {
  /** Of the payout as it was shown: nobody overwrites an edit that they didn't see. */
  @IsPayloadHash('payout') payload_hash!: string;
  @IsOptional() @IsDestination() destination?: string;
  @IsOptional() @IsMetadata() metadata?: Record<string, string>;
}

export class ReasonBody {
  @IsReason(500) @HasNoCardNumber() reason!: string;
}

const AMOUNTS = /^(?:[0-9]{1,78}|[0-9]{1,78}\.\.[0-9]{0,78}|\.\.[0-9]{1,78})$/;

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
  @IsOptional() @IsSegment() customer_id?: string;
  @IsOptional() @IsSegment() provider?: string;
  @IsOptional() @IsPlainText(128) requested_by?: string;
  @IsOptional() @IsPlainText(128) assignee?: string;
  /** At least so old: `30m`, `6h`, `2d`. */
  @IsOptional()
  @HasForm(/^[0-9]{1,5}[mhd]$/, 'a number of minutes, hours or days such as 30m, 6h or 2d')
  age?: string;
  /** Smallest unit: `1000..5000`, `1000..`, `..5000`, or one amount. */
  @IsOptional()
  @HasForm(AMOUNTS, 'an amount or a range such as 1000..5000, 1000.. or ..5000')
  amount?: string;
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
    destination: storedDestination(body.destination),
    connectionId: body.connection_id,
    metadata: body.metadata ?? {},
  };
};

/** What `listPayouts` filters by; `before` is the cursor's place. */
export const toPayoutFilter = (
  query: ListPayoutsQuery,
  before: string | undefined,
  now: Date,
): Omit<PayoutFilter, 'limit'> => ({
  state: query.state,
  stuck: query.stuck && query.stuck === 'true',
  customerId: query.customer_id,
  provider: query.provider,
  requestedBy: query.requested_by,
  assignee: query.assignee,
  ...rangeOf(query.amount),
  before: [before, query.age && firstIdAfter(now, query.age)].filter((id) => id !== undefined),
});

const rangeOf = (amount: string | undefined): Pick<PayoutFilter, 'fromMinor' | 'toMinor'> => {
  if (amount === undefined) return {};
  const [from = '', to = from] = amount.split('..');
  return { fromMinor: from === '' ? undefined : BigInt(from), toMinor: to === '' ? undefined : BigInt(to) };
};

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Ids begin with their time, so what is older than this moment has a smaller one. */
const firstIdAfter = (now: Date, age: string): string => {
  const ageMs = Number.parseInt(age, 10) * (UNIT_MS[age.slice(-1)] ?? 0);
  return `po_${Math.max(0, now.getTime() - ageMs)
    .toString(16)
    .padStart(12, '0')}`;
};
