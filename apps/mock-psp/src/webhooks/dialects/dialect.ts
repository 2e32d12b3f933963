import type { DialectId } from '../../connections.js';
import type { Flaw, Operation, Step, WebhookType } from '../../operations/operation.js';
import type { Ladder } from '../ladder.js';

/** One event as it is to be told. */
export interface Telling {
  readonly eventId: string;
  /** The word of no type is one that nobody knows. */
  readonly type: WebhookType | 'unknown';
  readonly step: Step;
  readonly operation: Operation;
}

/** A secret, with what a scheme wants beside it. */
export interface DialectKey {
  readonly secret: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** With what, and how rightly, a request is signed. */
export interface Seal {
  readonly keys: readonly DialectKey[];
  readonly at: Date;
  /** Only what a dialect itself must do wrong: the rest is wrong before it comes here. */
  readonly flaw: Extract<Flaw, 'unsigned_field' | 'boundary_shift'> | null;
  /** Characters that make the body larger; usually none. */
  readonly padding: string;
}

/** A request as it goes out. */
export interface Letter {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** How a provider writes its webhooks. Pure: the same events and seal give the same bytes. */
export interface Dialect {
  readonly id: DialectId;
  readonly ladder: Ladder;
  readonly hasBatches: boolean;
  /** The request that tells these events; undefined when the provider has no words for the first. */
  write(tellings: readonly [Telling, ...Telling[]], seal: Seal): Letter | undefined;
  /** Whether the receiver's answer ends it. */
  isAccepted(status: number, body: string): boolean;
}

/** Any answer in the 200s. */
export function isAny2xx(status: number): boolean {
  return status >= 200 && status < 300;
}

/** JSON in which amounts are numbers of any size: JavaScript's own would round them. */
export function jsonOf(value: object): string {
  const mark = '\u0000';
  const text = JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'bigint' ? `${mark}${each}${mark}` : each,
  );
  return text.replace(/"\\u0000(-?[0-9]+)\\u0000"/g, '$1');
}
