import type { Operation } from '../operations/operation.js';

export const faultKinds = [
  'missing',
  'extra',
  'duplicate_line',
  'wrong_amount',
  'wrong_fee',
  'wrong_currency',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** A lie the settlement file is to tell, aimed at one operation (for `extra`, at one that doesn't exist). */
export interface ReportFault {
  readonly id: string;
  readonly connectionId: string;
  readonly kind: FaultKind;
  readonly operationId: string;
  readonly setAt: string;
}

/** Everything that can change the book. What follows from time alone (a planned step) is no event. */
export type BookEvent =
  | { readonly type: 'OperationTaken'; readonly operation: Operation }
  | {
      readonly type: 'CallLost';
      readonly connectionId: string;
      readonly operationId: string;
      readonly at: string;
    }
  | {
      readonly type: 'WebhookDone';
      readonly deliveryId: string;
      readonly status: number;
      readonly at: string;
    }
  | { readonly type: 'ReportFaultsSet'; readonly faults: readonly ReportFault[] };

const types: readonly string[] = ['OperationTaken', 'CallLost', 'WebhookDone', 'ReportFaultsSet'];

/** An event as one line of JSON without its line end; amounts are decimal-integer strings. */
export function writeEvent(event: BookEvent): string {
  return JSON.stringify(event, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
}

/** The event of a line. @throws Error when it is none: the journal is ours, so this is damage and no input */
export function readEvent(line: string): BookEvent {
  const event = JSON.parse(line) as BookEvent;
  if (!types.includes(event.type)) throw new Error(`an event of the type ${String(event.type)} is not known`);
  if (event.type !== 'OperationTaken') return event;
  // By name and place, for a caller's metadata may have entries of the same name.
  const { operation } = event;
  const [amountMinor, feeMinor] = [BigInt(operation.amountMinor), BigInt(operation.feeMinor)];
  return { ...event, operation: { ...operation, amountMinor, feeMinor } };
}
