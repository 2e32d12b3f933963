import type { Delivery, Operation, Plan } from '../operations/operation.js';

/** What a settlement file (or the bank, for `split_batch`) can be made to lie about. */
export const faultKinds = [
  'missing',
  'extra',
  'duplicate_line',
  'wrong_amount',
  'wrong_fee',
  'wrong_currency',
  'late',
  'reissued',
  'split_batch',
  'day_edge',
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
  | {
      readonly type: 'OperationTaken';
      readonly operation: Operation;
      readonly reportFault?: ReportFault;
    }
  /** A person or the bank did something: the operation's life goes another way from here. */
  | ({
      readonly type: 'PlanChanged';
      readonly connectionId: string;
      readonly operationId: string;
      readonly because:
        | 'challenge-approved'
        | 'challenge-declined'
        | 'challenge-canceled'
        | 'payout-returned'
        | 'refund-returned'
        | 'dispute-moved';
      readonly at: string;
    } & Plan)
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
  | { readonly type: 'ReportFaultsSet'; readonly faults: readonly ReportFault[] }
  /** The virtual clock stands at `at`; null gives the time back to the machine. */
  | { readonly type: 'ClockSet'; readonly at: string | null };

const types: readonly string[] = [
  ...['OperationTaken', 'PlanChanged', 'CallLost', 'WebhookDone', 'ReportFaultsSet', 'ClockSet'],
];

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
  const approvedMinor = BigInt(operation.approvedMinor ?? amountMinor);
  return { ...event, operation: { ...sinceFirst(operation), amountMinor, feeMinor, approvedMinor } };
}

/** As the first version of the provider wrote it. */
interface FirstOperation {
  readonly charge?: string | null;
  readonly deliveries: readonly (Delivery & { readonly badSignature?: boolean })[];
}

/** An operation of a journal that is older than some of its fields. */
function sinceFirst(operation: Operation & FirstOperation): Operation {
  if ('parent' in operation) return operation;
  const { charge = null, deliveries, ...rest } = operation as Omit<Operation, 'deliveries'> & FirstOperation;
  return {
    ...rest,
    ...{ parent: charge, parentOperationId: null, returnUrl: null, challengeId: null },
    deliveries: deliveries.map(({ badSignature, ...delivery }) => ({
      ...{ ...delivery, flaw: badSignature === true ? 'bad_signature' : null, companions: [] },
    })),
  };
}
