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

/** An absolute http address without a name or password in it. */
function IsReturnUrl(): PropertyDecorator {
  return ValidateBy({
    name: 'returnUrl',
    validator: {
      validate: (value) => typeof value === 'string' && value.length <= 2_048 && isReturnUrl(value),
      defaultMessage: () => '$property must be an absolute http or https address of at most 2048 characters',
    },
  });
}

function isReturnUrl(text: string): boolean {
  if (!/^https?:\/\/[\x21-\x7e]+$/.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}

/** Body of POST /v1/charges, /v1/authorizations, /v1/captures, /v1/voids, /v1/refunds and /v1/payouts. */
export class OperationBody {
  @IsMinor() amount!: string;
  @IsIn(currencies) currency!: (typeof currencies)[number];
  @IsString() @Length(1, 128) customer!: string;
  @IsString() @Length(0, 200) reference!: string;
  @IsOptional() @IsString() @Length(1, 128) instrument?: string;
  /** Refunds only: the charge, capture or authorization, by our reference. */
  @IsOptional() @IsString() @Length(1, 64) charge?: string;
  /** Captures and voids only: the authorization, by our reference. */
  @IsOptional() @IsString() @Length(1, 64) authorization?: string;
  /** Where the payer's browser goes after a challenge. */
  @IsOptional() @IsReturnUrl() return_url?: string;
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
  const { amount, currency, customer, reference, instrument = null, metadata = {} } = body;
  const { charge, authorization, return_url: returnUrl = null } = body;
  const money = { amountMinor: BigInt(amount), currency };
  return {
    operationId: key,
    connectionId,
    kind,
    ...money,
    customer,
    reference,
    instrument,
    parent: charge ?? authorization ?? null,
    returnUrl,
    metadata: { ...metadata },
  };
}

/**
 * An operation at one of its steps, as it is written in answers and webhooks. `challengeUrl` makes the
 * address of a challenge page; webhooks have none.
 */
export function operationView(operation: Operation, step: Step, challengeUrl?: (id: string) => string) {
  const { providerRef, operationId, kind, amountMinor, approvedMinor, currency, feeMinor, takenAt } =
    operation;
  const { parent, parentOperationId, challengeId } = operation;
  const isOpen = step.status === 'pending' && challengeId !== null && challengeUrl !== undefined;
  return {
    id: providerRef,
    operation_id: operationId,
    kind,
    status: step.status,
    amount: approvedMinor.toString(),
    ...(approvedMinor !== amountMinor && { requested_amount: amountMinor.toString() }),
    currency,
    fee: feeMinor.toString(),
    ...(parent !== null && { parent }),
    ...(parentOperationId !== null && { parent_operation_id: parentOperationId }),
    ...(kind === 'dispute' && { reason: operation.reference }),
    ...(step.declineCode !== undefined && { decline_code: step.declineCode }),
    ...(isOpen && { next_action: { type: 'redirect', url: challengeUrl(challengeId) } }),
    created_at: takenAt,
    updated_at: step.at,
  };
}
