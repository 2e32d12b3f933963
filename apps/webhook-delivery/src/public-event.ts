/** An event as tenants get it, before it has an id of its own. */
export interface PublicEvent {
  /** The topic that it came on, and its id there: together they make it unique. */
  readonly source: string;
  readonly sourceEventId: string;
  /** Complete, or without the status where `tracked` decides about it. */
  readonly type: string;
  readonly occurredAt: Date;
  readonly data: Readonly<Record<string, unknown>>;
  /** An object with a status: the type is `<type>.<status>` when the status is new, else `<type>.updated`. */
  readonly tracked?: TrackedObject;
}

export interface TrackedObject {
  readonly id: string;
  readonly version: number;
  readonly status: string;
}

/** The source of test events, which belong to the one endpoint that they were sent to. */
export const TEST_SOURCE = 'webhook-delivery/test';

/** Grows when a member changes its meaning or goes; new members may come at any time. */
const SCHEMA_VERSION = 1;
/** Bounds what a worker holds: bodies of this size times the calls at the same time. */
const LONGEST_BODY_BYTES = 262_144;

/**
 * The exact text that is signed and sent. Data that is too long stays behind; its members say where to
 * look.
 */
export const bodyOf = (id: string, { type, occurredAt, data }: PublicEvent): string => {
  const frame = { id, type, timestamp: occurredAt.toISOString(), schema_version: SCHEMA_VERSION };
  const body = JSON.stringify({ ...frame, data });
  const bytes = Buffer.byteLength(body);
  if (bytes <= LONGEST_BODY_BYTES) return body;
  const scalars = Object.entries(data).filter(([, value]) => typeof value !== 'object');
  return JSON.stringify({ ...frame, data: { ...Object.fromEntries(scalars), omitted_bytes: bytes } });
};
