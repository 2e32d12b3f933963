import { IsIn, IsOptional, IsString } from 'class-validator';
import { HasNoCardNumber, IsAmount, IsId, IsReason } from '@defter/platform';
import { aboveZero } from '../intents/intent.wire.js';
import { IsMetadata } from '../plain-text.js';

export class RequestRefundBody {
  @IsId('pi') payment_intent!: string;
  /** Without it, everything that is left. */
  @IsOptional() @IsAmount() amount_minor?: bigint;
  /** The sale or capture to give back; without it, the first that has enough left. */
  @IsOptional() @IsId('op') operation_id?: string;
  @IsOptional() @IsReason(500) @HasNoCardNumber() reason?: string;
  @IsOptional() @IsMetadata() metadata?: Record<string, string>;
}

export class ListRefundsQuery {
  @IsOptional()
  @IsIn(['reserving', 'queued', 'processing', 'unknown', 'succeeded', 'failed', 'rejected'])
  status?: string;
  @IsOptional() @IsId('pi') payment_intent?: string;
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
