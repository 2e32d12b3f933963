import { hash } from 'node:crypto';
import type { ProviderEvent, RawRequest, Verdict } from '@defter/payments-contracts';
import { type ProviderEventV1, type WebhookAnomalyV1, WebhookTopics } from '@defter/webhooks-contracts';
import { canonicalJson } from '@defter/platform';
import { keptHeaders } from '../kept-headers.js';
import { keyOf, type Origin, toAnomaly, toProviderEvent } from './publication.js';
import { asReason, type Reading } from './reading.js';

/** A request as it is stored, whatever it says. */
export interface RequestRow {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly bodySha256: Buffer;
  readonly keyId: string | null;
  readonly refusedBecause: string | null;
  readonly status: 'accepted' | 'unverified' | 'unparseable';
  readonly unreadableBecause: string | null;
  readonly eventCount: number;
}

/** One event of the request, and the message it becomes if it is new. */
export interface EventRow {
  readonly id: string;
  readonly uniqueKey: string;
  readonly providerEventId: string;
  readonly providerType: string;
  readonly batch: boolean;
  readonly bodySha256: Buffer;
  /** Of the event's content; in a conflict, of what differed. */
  readonly digest: Buffer;
  readonly message: ProviderEventV1;
}

/** A message that is sent when the event `eventId` is new, or, without one, when the request is. */
export interface MessageRow {
  readonly eventId: string | null;
  readonly topic: string;
  readonly key: string;
  readonly type: string;
  readonly id: string;
  readonly body: ProviderEventV1 | WebhookAnomalyV1;
}

/** All that one request writes, if nothing of it was there before. */
export interface Intake {
  readonly origin: Origin;
  readonly request: RequestRow;
  /** The first event of each key. */
  readonly events: readonly EventRow[];
  /** Further events of the same request with a key that `events` has: repetitions, or conflicts. */
  readonly repeated: readonly EventRow[];
  readonly messages: readonly MessageRow[];
}

/** CloudEvents types of the two topics. */
const eventType = 'defter.webhooks.event.v1';
const anomalyType = 'defter.webhooks.anomaly.v1';

/** Decides what a request writes. Pure but for `newEventId`. */
export function toIntake(
  origin: Origin,
  raw: RawRequest,
  { verdict, reading }: { readonly verdict: Verdict; readonly reading: Reading },
  newEventId: () => string,
): Intake {
  const bodySha256 = sha256(raw.body);
  const rows = reading.readable
    ? reading.events.map((event) =>
        toRow(event, reading.events.length > 1, bodySha256, { origin, newEventId }),
      )
    : [];
  const fit = rows.filter((row) => row !== undefined);
  // A batch is all or nothing: half of it stored and half unparseable would be told to no one.
  const complete = fit.length === rows.length;
  const because = reading.readable
    ? complete
      ? null
      : 'an event is not what the contract allows'
    : reading.reason;
  const [events, repeated] = because === null ? firstOfEachKey(fit) : [[], []];
  const request: RequestRow = {
    ...{ path: raw.path, headers: keptHeaders(raw.headers), body: raw.body, bodySha256 },
    ...(verdict.valid
      ? { keyId: verdict.keyId, refusedBecause: null }
      : { keyId: null, refusedBecause: asReason(verdict.reason) }),
    status: !verdict.valid ? 'unverified' : because === null ? 'accepted' : 'unparseable',
    unreadableBecause: because,
    eventCount: events.length,
  };
  const messages = [...events.map(toMessage), ...anomaliesOf(origin, request, events)];
  return { origin, request, events, repeated, messages };
}

/** The message of an event; a replay gives it an id of its own, and the body keeps the event's. */
export function toMessage({ id, message }: EventRow): MessageRow {
  return {
    eventId: id,
    topic: WebhookTopics.events.name,
    key: keyOf(message),
    type: eventType,
    id,
    body: message,
  };
}

/** The message about something that people must see. */
export function toAnomalyMessage(
  body: WebhookAnomalyV1,
  id: string,
  eventId: string | null = null,
): MessageRow {
  return {
    eventId,
    topic: WebhookTopics.anomalies.name,
    key: body.providerEventId,
    type: anomalyType,
    id,
    body,
  };
}

/**
 * What a request writes when some of its keys are known with other bytes. Only the message about a verified
 * one is a conflict: an unverified one is anybody's, so it can't raise that alarm.
 */
export function toConflict(
  intake: Intake,
  conflicts: readonly { readonly event: EventRow; readonly firstId: string }[],
): Intake {
  const { origin } = intake;
  const kind = origin.verified ? 'conflicting_event' : 'unverified';
  const events = conflicts.map(({ event }) => ({
    ...event,
    digest: event.batch ? event.digest : event.bodySha256,
  }));
  const messages = conflicts.map(({ event: { id, providerEventId }, firstId }) => {
    const detail = `The same key as ${firstId} with other bytes`;
    return toAnomalyMessage(toAnomaly(kind, detail, origin, providerEventId), `${id}-conflict`, id);
  });
  return { ...intake, events, repeated: [], messages };
}

function anomaliesOf(origin: Origin, request: RequestRow, events: readonly EventRow[]): MessageRow[] {
  const { status, refusedBecause, unreadableBecause } = request;
  if (status === 'accepted') return [];
  if (status === 'unverified' && events.length > 0) {
    return events.map(({ id, providerEventId }) =>
      toAnomalyMessage(
        toAnomaly('unverified', refusedBecause ?? '', origin, providerEventId),
        `${id}-unverified`,
        id,
      ),
    );
  }
  const detail = [refusedBecause, unreadableBecause].filter((part) => part !== null).join('; ');
  return [toAnomalyMessage(toAnomaly(status, detail, origin), `${origin.requestId}-${status}`)];
}

function toRow(
  event: ProviderEvent,
  batch: boolean,
  bodySha256: Buffer,
  { origin, newEventId }: { readonly origin: Origin; readonly newEventId: () => string },
): EventRow | undefined {
  const id = newEventId();
  const message = toProviderEvent(event, id, origin);
  if (message === undefined) return undefined;
  const { uniqueKey, providerEventId, providerType } = event;
  const digest = sha256(canonicalJson(event));
  return { id, uniqueKey, providerEventId, providerType, batch, bodySha256, digest, message };
}

function sha256(bytes: Uint8Array | string): Buffer {
  return hash('sha256', bytes, 'buffer');
}

function firstOfEachKey(rows: readonly EventRow[]): [EventRow[], EventRow[]] {
  const seen = new Set<string>();
  const first: EventRow[] = [];
  const repeated: EventRow[] = [];
  for (const row of rows) {
    (seen.has(row.uniqueKey) ? repeated : first).push(row);
    seen.add(row.uniqueKey);
  }
  return [first, repeated];
}
