import { isDeepStrictEqual } from 'node:util';
import { accept, type Decision, refuse } from '@defter/kernel';
import type { RateCard } from '@defter/backoffice-contracts';
import { type Outcome, plainScenario, type Scenario } from '../scenarios/scenario.js';
import { parseScenario } from '../scenarios/scenarios.js';
import type { Book } from '../book/book.js';
import type { BookEvent, ReportFault } from '../book/book-event.wire.js';
import { deliveriesOf } from '../deliveries.js';
import { feeMinor } from './fee.js';
import {
  finalStep,
  type Operation,
  type OperationKind,
  type OperationRequest,
  type Step,
} from './operation.js';
import { checkParent, isWaiting, type ParentRefusal } from './parent.js';
import { planOf } from './plan.js';
import { seededHex } from '../seed.js';

/**
 * (not there) → taken, once per connection and operation id. The same request again is accepted without an
 * event; the same id for another request is refused. A call that the scenario loses is an event and takes
 * nothing. A void of what waits for its payer ends that, too.
 */
export interface TakeOperation {
  readonly request: OperationRequest;
  readonly scenario: Scenario;
  readonly scenarioText: string;
  readonly rateCard: RateCard;
  readonly seed: string;
  readonly at: Date;
}

export type TakeRefusal =
  { readonly code: 'operation-id-reused'; readonly differs: readonly string[] } | ParentRefusal;

/** Decides on a call. `book` is only read. */
export function decideTake(command: TakeOperation, book: Book): Decision<BookEvent, TakeRefusal> {
  const { request, scenario, at } = command;
  const { connectionId, operationId } = request;
  const existing = book.find(connectionId, operationId);
  if (existing !== undefined) {
    const differs = differences(request, existing);
    return differs.length === 0 ? accept() : refuse({ code: 'operation-id-reused', differs });
  }
  const parent = checkParent(request, book, at);
  if ('code' in parent) return refuse(parent);
  const { answer } = scenario;
  if (answer.type === 'timeout-before' && book.callsLost(connectionId, operationId) < answer.times) {
    return accept({ type: 'CallLost', connectionId, operationId, at: at.toISOString() });
  }
  const parentOperationId = parent.operation?.operationId ?? null;
  const operation = operationOf(command, parentOperationId, book);
  const reportFault = faultOf(command);
  const taken = { type: 'OperationTaken', operation, ...(reportFault && { reportFault }) } as const;
  // The end first: a crash between the two must not leave a void that succeeded and a payer who can pay.
  return accept<BookEvent>(...endedBy(operation, parent.operation, command), taken);
}

/** The challenge that a void ends before its payer has answered. */
function endedBy(
  operation: Operation,
  waiting: Operation | undefined,
  { seed, at }: TakeOperation,
): readonly BookEvent[] {
  const ends = operation.kind === 'void' && finalStep(operation).status === 'succeeded';
  if (!ends || waiting === undefined || waiting.kind === 'dispute' || !isWaiting(waiting, at)) return [];
  const { connectionId, operationId, kind, takenAt } = waiting;
  const parsed = parseScenario(kind, waiting.scenario);
  const { webhook } = parsed.accepted ? parsed.scenario : plainScenario;
  const instant = at.toISOString();
  const steps: readonly Step[] = [
    { status: 'pending', at: takenAt },
    { status: 'declined', at: instant, declineCode: 'authentication_abandoned' },
  ];
  const deliveries = deliveriesOf({ connectionId, operationId, kind, seed, before: [] }, webhook, steps);
  const named = { connectionId, operationId, because: 'challenge-canceled' } as const;
  return [{ type: 'PlanChanged', ...named, at: instant, steps, deliveries }];
}

/** The lie about it that the scenario wants; `extra` is about an operation that nobody made. */
function faultOf({ request, scenario, at }: TakeOperation): ReportFault | undefined {
  const { connectionId, operationId } = request;
  const kind = scenario.report;
  if (kind === null) return undefined;
  const id = `flt_${seededHex(12, connectionId, operationId)}`;
  const aim = kind === 'extra' ? `op_${seededHex(32, id, 'invented')}` : operationId;
  return { id, connectionId, kind, operationId: aim, setAt: at.toISOString() };
}

function operationOf(
  { request, scenario, scenarioText, rateCard, seed, at }: TakeOperation,
  parentOperationId: string | null,
  book: Book,
): Operation {
  const { connectionId, operationId, kind, amountMinor } = request;
  const approvedMinor = approvedOf(amountMinor, scenario.outcome);
  const isChallenged = scenario.outcome.type === 'challenge';
  const before = book.lastIds(connectionId, scenario.webhook.batch - 1);
  return {
    ...request,
    ...{ approvedMinor, parentOperationId },
    providerRef: `mp_${prefixes[kind]}_${seededHex(24, connectionId, operationId)}`,
    feeMinor: kind === 'charge' || kind === 'capture' ? feeMinor(approvedMinor, rateCard) : 0n,
    challengeId: isChallenged ? `ch3_${seededHex(32, seed, connectionId, operationId, 'challenge')}` : null,
    scenario: scenarioText,
    takenAt: at.toISOString(),
    ...planOf({ ...request, seed, before }, scenario, at),
  };
}

const prefixes: Readonly<Record<OperationKind, string>> = {
  ...{ charge: 'ch', authorize: 'au', capture: 'ca', void: 'vo', refund: 'rf', payout: 'po' },
};

function approvedOf(amountMinor: bigint, outcome: Outcome): bigint {
  if (outcome.type !== 'partial') return amountMinor;
  const approved = (amountMinor * outcome.percent) / 100n;
  return approved === 0n ? 1n : approved;
}

/** The fields in which a request differs from what is booked under its id. */
function differences(request: OperationRequest, existing: Operation): readonly string[] {
  const fields = Object.keys(request) as (keyof OperationRequest)[];
  return fields.filter((field) => !isDeepStrictEqual({ ...request }[field], existing[field]));
}
