import { ArrayMaxSize, IsArray, IsOptional, IsString } from 'class-validator';
import { HasNoCardNumber, IsAmount, IsCurrency, IsReason, isSeen, malformed } from '@defter/platform';
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
  /** Settlements that look like this one and are of other transfers. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @IsPlainText(64, {}, { each: true })
  other_than?: string[];
}

/** The body of `…/reject` and `…/withdraw`. */
export class EndSettlementBody {
  /** Why, for whoever reads it later. */
  @IsReason() @HasNoCardNumber() reason!: string;
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

/** @throws ProblemException 400 for an amount of 0, and for a reference with characters that nobody sees */
export const toSettlementWish = (body: RequestSettlementBody): SettlementWish => {
  aboveZero(body.amount_minor);
  // A space that nobody sees would make another transfer of it.
  const reference = body.reference.trim();
  if (!isSeen(reference)) {
    const msg = 'reference must name the transfer, without characters that nobody sees';
    throw malformed([{ loc: ['body', 'reference'], msg, type: 'plainText' }]);
  }
  return {
    connectionId: body.connection_id,
    reference,
    amountMinor: body.amount_minor,
    currency: body.currency,
  };
};
