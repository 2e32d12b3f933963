import { applyDecorators } from '@nestjs/common';
import { IsIn, IsOptional, IsString, Length, Matches, ValidateBy } from 'class-validator';
import { malformed } from '@defter/platform';
import {
  currencies,
  type Operation,
  type OperationKind,
  type OperationRequest,
  type Step,
} from './operation.js';

const maxEntries = 50;
const maxEntryLength = 500;

/** Up to 50 entries of text. */
function IsMetadata(): PropertyDecorator {
  return ValidateBy({
    name: 'metadata',
    validator: {
      validate: isMetadata,
      defaultMessage: () =>
        `$property must be an object of at most ${maxEntries} texts of at most ${maxEntryLength} characters`,
    },
  });
}

/**
 * A decimal-integer string above zero. Strings only: this dialect has no number that a reader could round.
 */
function IsMinor(): PropertyDecorator {
  const message = '$property must be a whole number of the smallest unit, above 0, as a string';
  return applyDecorators(Matches(/^[1-9][0-9]{0,39}$/, { message }));
}

/** Body of POST /v1/charges, /v1/payouts and /v1/refunds. */
export class OperationBody {
  @IsMinor() amount!: string;
  @IsIn(currencies) currency!: (typeof currencies)[number];
  @IsString() @Length(1, 128) customer!: string;
  @IsString() @Length(0, 200) reference!: string;
  @IsOptional() @IsString() @Length(1, 128) instrument?: string;
  /** Refunds only: the charge, by our reference. */
  @IsOptional() @IsString() @Length(1, 64) charge?: string;
  @IsOptional() @IsMetadata() metadata?: Record<string, string>;
}

function isMetadata(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= maxEntries &&
    entries.every(([, text]) => typeof text === 'string' && text.length <= maxEntryLength)
  );
}

/** What a body asks for. @throws ProblemException 400 when the key isn't one */
export function toRequest(
  kind: OperationKind,
  connectionId: string,
  key: string | undefined,
  body: OperationBody,
): OperationRequest {
  if (key === undefined || !/^[A-Za-z0-9_.:-]{1,128}$/.test(key)) {
    const msg = 'must be the operation id: 1 to 128 letters, digits or one of _ . : -';
    throw malformed(
      [{ loc: ['header', 'Idempotency-Key'], msg, type: 'idempotency-key' }],
      `Idempotency-Key ${msg}`,
    );
  }
  const { amount, currency, customer, reference, instrument = null, charge = null, metadata = {} } = body;
  const money = { amountMinor: BigInt(amount), currency };
  return {
    operationId: key,
    connectionId,
    kind,
    ...money,
    customer,
    reference,
    instrument,
    charge,
    metadata: { ...metadata },
  };
}

/** An operation at one of its steps, as it is written in answers and webhooks. */
export function operationView(operation: Operation, step: Step) {
  const { providerRef, operationId, kind, amountMinor, currency, feeMinor, takenAt } = operation;
  return {
    id: providerRef,
    operation_id: operationId,
    kind,
    status: step.status,
    amount: amountMinor.toString(),
    currency,
    fee: feeMinor.toString(),
    ...(step.declineCode !== undefined && { decline_code: step.declineCode }),
    created_at: takenAt,
    updated_at: step.at,
  };
}
