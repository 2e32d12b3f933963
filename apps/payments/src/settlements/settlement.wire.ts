import { IsOptional, IsString } from 'class-validator';
import { IsAmount, IsCurrency } from '@defter/platform';
import { aboveZero } from '../intents/intent.wire.js';
import { IsPayloadHash, IsPlainText, IsSegment } from '../plain-text.js';

export class RequestSettlementBody {
  @IsSegment() connection_id!: string;
  /** The provider's name of the transfer; one settlement each. */
  @IsPlainText(128, { noCard: true }) reference!: string;
  @IsAmount() amount_minor!: bigint;
  @IsCurrency() currency!: string;
}

export class ApproveSettlementBody {
  /** Of the settlement as the approver saw it. */
  @IsPayloadHash('settlement') payload_hash!: string;
}

export class ListSettlementsQuery {
  @IsOptional() @IsSegment() connection_id?: string;
  @IsOptional() @IsString() cursor?: string;
  @IsOptional() @IsString() page_size?: string;
}

/** Money that a provider has transferred to the bank. */
export interface SettlementWish {
  readonly connectionId: string;
  readonly reference: string;
  readonly amountMinor: bigint;
  readonly currency: string;
}

/** @throws ProblemException 400 for an amount of 0 */
export const toSettlementWish = (body: RequestSettlementBody): SettlementWish => {
  aboveZero(body.amount_minor);
  return {
    connectionId: body.connection_id,
    reference: body.reference,
    amountMinor: body.amount_minor,
    currency: body.currency,
  };
};
