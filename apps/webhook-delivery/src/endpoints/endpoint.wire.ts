import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateBy,
  ValidateIf,
} from 'class-validator';
import { HasNoCardNumber } from '@defter/platform';
import { isEventPattern } from '@defter/webhooks-domain';
import { isGivenSecret, type Scheme } from '../signature.js';
import { aboutUnknown, unknownPattern } from './known-events.js';
import type { Endpoint, EndpointWish, SecretInfo } from './endpoint.js';

const MAX_HEADERS = 20;
const DEFAULT_CONCURRENCY = 8;
const DAY_S = 86_400;

const checked = (name: string, message: string, validate: (value: unknown) => boolean): PropertyDecorator =>
  ValidateBy({ name, validator: { validate, defaultMessage: () => message } });

const IsPatterns = (): PropertyDecorator =>
  checked(
    'event-types',
    '$property must be a list of types such as payout.paid, payout.* or *',
    (value) => isTextList(value) && value.every(isEventPattern),
  );

const isTextList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

/** What isn't well formed is `IsPatterns`' to refuse. */
const AreKnown = (): PropertyDecorator =>
  ValidateBy({
    name: 'known-events',
    validator: {
      validate: (value) => !isTextList(value) || unknownPattern(value.filter(isEventPattern)) === undefined,
      defaultMessage: (args) =>
        aboutUnknown(unknownPattern((args?.value as string[]).filter(isEventPattern)) ?? ''),
    },
  });

const IsTextRecord = (): PropertyDecorator =>
  checked(
    'headers',
    `$property must be an object of at most ${MAX_HEADERS} texts`,
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      Object.keys(value).length <= MAX_HEADERS &&
      Object.values(value).every((item) => typeof item === 'string'),
  );

/** The input's own object: class-transformer would make another one of it. */
const AsGiven = (): PropertyDecorator =>
  Transform(({ obj, key }: { obj: Record<string, unknown>; key: string }) => obj[key], { toClassOnly: true });

const IsSecret = (): PropertyDecorator =>
  checked(
    'secret',
    '$property must be whsec_ and the base64 of 24 to 64 bytes',
    (value) => typeof value === 'string' && isGivenSecret(value),
  );

/** Absent is fine, null isn't. */
const IfGiven = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

const IsUrlText = (): PropertyDecorator => applyDecorators(IsString(), MaxLength(2_000), HasNoCardNumber());
const IsEventTypes = (): PropertyDecorator =>
  applyDecorators(IsArray(), ArrayMinSize(1), ArrayMaxSize(50), ArrayUnique(), IsPatterns(), AreKnown());

class EndpointFields {
  @IfGiven() @IsString() @MaxLength(500) @HasNoCardNumber() readonly description?: string;
  @IfGiven() @AsGiven() @IsTextRecord() readonly headers?: Record<string, string>;
  @IfGiven() @IsInt() @Min(1) @Max(100) readonly concurrency?: number;
}

/** The body of `PATCH /v1/webhook_endpoints/{id}`. */
export class ChangeEndpointBody extends EndpointFields {
  @IfGiven() @IsUrlText() readonly url?: string;
  @IfGiven() @IsEventTypes() readonly event_types?: string[];
}

/** The body of `POST /v1/webhook_endpoints`. */
export class CreateEndpointBody extends EndpointFields {
  @IsUrlText() readonly url!: string;
  @IsEventTypes() readonly event_types!: string[];
  @IfGiven() @IsBoolean() readonly enabled?: boolean;
  @IfGiven() @IsIn(['v1', 'v1a']) readonly scheme?: Scheme;
  /** One that receivers know already; with `v1` only. */
  @IfGiven() @IsSecret() readonly secret?: string;
}

/** The body of `POST /v1/webhook_endpoints/{id}/secrets`. */
export class RotateSecretBody {
  @IfGiven() @IsIn(['v1', 'v1a']) readonly scheme?: Scheme;
  @IfGiven() @IsSecret() readonly secret?: string;
  /** How long the secrets of before go on signing beside the new one. */
  @IfGiven() @IsInt() @Min(0) @Max(30 * DAY_S) readonly overlap_seconds?: number;
}

export class ListEndpointsQuery {
  @IfGiven() @IsString() @MaxLength(300) readonly cursor?: string;
  @IfGiven() @IsString() readonly page_size?: string;
}

export const overlapMs = ({ overlap_seconds = DAY_S }: RotateSecretBody): number => overlap_seconds * 1_000;

export const toWish = (body: CreateEndpointBody): EndpointWish => ({
  url: body.url,
  description: body.description ?? '',
  eventTypes: body.event_types,
  headers: body.headers ?? {},
  concurrency: body.concurrency ?? DEFAULT_CONCURRENCY,
});

/** Only what the body names. */
export const toChange = (body: ChangeEndpointBody): Partial<EndpointWish> => ({
  ...(body.url !== undefined && { url: body.url }),
  ...(body.description !== undefined && { description: body.description }),
  ...(body.event_types !== undefined && { eventTypes: body.event_types }),
  ...(body.headers !== undefined && { headers: body.headers }),
  ...(body.concurrency !== undefined && { concurrency: body.concurrency }),
});

export function toSecretView(secret: SecretInfo) {
  return {
    id: secret.id,
    scheme: secret.scheme,
    public_key: secret.publicKey,
    created_at: secret.createdAt.toISOString(),
    expires_at: secret.expiresAt?.toISOString() ?? null,
  };
}

/** Values of headers are never shown: they may be passwords. */
export function toEndpointView(endpoint: Endpoint, secrets: readonly SecretInfo[]) {
  const own = secrets.filter(({ endpointId }) => endpointId === endpoint.id);
  return {
    id: endpoint.id,
    url: endpoint.url,
    description: endpoint.description,
    event_types: endpoint.eventTypes,
    header_names: endpoint.headerNames,
    concurrency: endpoint.concurrency,
    enabled: endpoint.status === 'enabled',
    disabled_reason: endpoint.disabledReason,
    disabled_at: endpoint.disabledAt?.toISOString() ?? null,
    failing_since: endpoint.failingSince?.toISOString() ?? null,
    secrets: own.map(toSecretView),
    created_at: endpoint.createdAt.toISOString(),
    updated_at: endpoint.updatedAt.toISOString(),
  };
}
