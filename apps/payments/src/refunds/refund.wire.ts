import { IsIn, IsOptional, IsString, Matches } from 'class-validator';
import { IsAmount } from '@defter/platform';
import { aboveZero } from '../intents/intent.wire.js';
import { IsMetadata, IsPlainText } from '../plain-text.js';

const INTENT_ID = /^pi_[0-9a-f]{32}$/;
const OPERATION_ID = /^op_[0-9a-f]{32}$/;

export class RequestRefundBody {
  @Matches(INTENT_ID) payment_intent!: string;
  /** Without it, everything that is left. */
  @IsOptional() @IsAmount() amount_minor?: bigint;
  /** The sale or capture to give back; without it, the first that has enough left. */
  @IsOptional() @Matches(OPERATION_ID) operation_id?: string;
  @IsOptional() @IsPlainText(500, { noCard: true }) reason?: string;
  @IsOptional() @IsMetadata() metadata?: Record<string, string>;
}

export class ListRefundsQuery {
  @IsOptional()
  @IsIn(['reserving', 'queued', 'processing', 'unknown', 'succeeded', 'failed', 'rejected'])
  status?: string;
  @IsOptional() @Matches(INTENT_ID) payment_intent?: string;
  @IsOptional() @IsString() cursor?: string;
  @IsOptional() @IsString() page_size?: string;
}

/** What somebody wants to be given back. */
export interface RefundWish {
  readonly intentId: string;
  readonly amountMinor: bigint | null;
  readonly of: string | null;
  readonly reason: string | null;
  readonly metadata: Readonly<Record<string, string>>;
}

/** @throws ProblemException 400 for an amount of 0 */
export const toRefundWish = (body: RequestRefundBody): RefundWish => {
  aboveZero(body.amount_minor);
  return {
    intentId: body.payment_intent,
    amountMinor: body.amount_minor ?? null,
    of: body.operation_id ?? null,
    reason: body.reason ?? null,
    metadata: body.metadata ?? {},
  };
};
