import { TypeCompiler } from '@sinclair/typebox/compiler';
import type { ProviderEvent } from '@defter/payments-contracts';
import { writeJson } from '@defter/platform';
import { ProviderEventV1, type WebhookAnomalyV1 } from '@defter/webhooks-contracts';
import { storable } from './reading.js';

/** Where events came from; the same for all events of a request. */
export interface Origin {
  readonly tenantId: string;
  readonly requestId: string;
  readonly provider: string;
  readonly connectionId: string;
  readonly verified: boolean;
  readonly receivedAt: Date;
  readonly traceparent: string | undefined;
}

/** In UTF-16 units: at most 300 kB of UTF-8, a third of what a record may have. */
const maxUntrustedLength = 100_000;
const contract = TypeCompiler.Compile(ProviderEventV1);

/**
 * The public message of an event, amounts as decimal strings.
 * @returns undefined when the contract doesn't allow it: no consumer could take it
 */
export function toProviderEvent(
  event: ProviderEvent,
  eventId: string,
  origin: Origin,
): ProviderEventV1 | undefined {
  const { providerEventId, providerType, occurredAt, facts, unknownType, untrusted } = event;
  const message = {
    ...{ eventId, requestId: origin.requestId, provider: origin.provider, connectionId: origin.connectionId },
    ...{ providerEventId, providerType, ...(occurredAt !== undefined && { occurredAt }) },
    ...{ receivedAt: origin.receivedAt.toISOString(), verified: origin.verified },
    ...(facts !== undefined && { facts: withAmountsAsText(facts) }),
    ...(unknownType === true && { unknownType }),
    untrusted: carried(untrusted),
  };
  return contract.Check(message) ? message : undefined;
}

/** The message key: everything about one object of the provider stays in order. */
export function keyOf({ facts, providerEventId }: ProviderEventV1): string {
  return facts?.operationId ?? facts?.providerRef ?? providerEventId;
}

/** Something people must see. Where no event could be read, `providerEventId` is the request's id. */
export function toAnomaly(
  kind: WebhookAnomalyV1['kind'],
  detail: string,
  { requestId, provider, connectionId, receivedAt }: Origin,
  providerEventId = requestId,
): WebhookAnomalyV1 {
  return {
    requestId,
    provider,
    connectionId,
    providerEventId,
    kind,
    detail,
    receivedAt: receivedAt.toISOString(),
  };
}

function withAmountsAsText({ amountMinor, feeMinor, ...facts }: NonNullable<ProviderEvent['facts']>) {
  return {
    ...facts,
    ...(amountMinor !== undefined && { amountMinor: amountMinor.toString() }),
    ...(feeMinor !== undefined && { feeMinor: feeMinor.toString() }),
  };
}

/**
 * The untrusted bag as it travels. One that would make the message too large for the broker stays behind: the
 * relay could never publish it, and the facts, which are small, must go out.
 */
function carried(untrusted: ProviderEvent['untrusted']): ProviderEvent['untrusted'] {
  if (Object.keys(untrusted).length === 0) return untrusted;
  const clean = storableIn(untrusted);
  return writeJson(clean).length <= maxUntrustedLength
    ? clean
    : { leftBehind: 'too large; it is in the request' };
}

/**
 * A half emoji in a customer's name must not hold up money: consumers refuse such JSON, and the exact bytes
 * are in the stored request.
 */
function storableIn<T>(value: T): T;
function storableIn(value: unknown): unknown {
  if (typeof value === 'string') return storable(value);
  if (Array.isArray(value)) return value.map((item: unknown) => storableIn(item));
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [storable(key), storableIn(inner)]));
}
