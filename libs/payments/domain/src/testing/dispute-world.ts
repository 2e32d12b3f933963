import {
  absentIntent,
  type BookingPlan,
  decideIntent,
  type ExistingIntent,
  type IntentBooking,
  type IntentCommand,
  type IntentEvent,
  type ObservedResult,
  owedMinor,
  planOf,
} from '../index.js';
import { DEBT, DisputeLedger, WALLET } from './dispute-ledger.js';
import { AT, intentFacts, operation, seen } from './samples.js';
import { apply, replay } from './tellings.js';

const paid: readonly IntentEvent[] = [
  { type: 'PaymentIntentCreated', ...intentFacts, at: AT },
  { type: 'AttemptStarted', operation: operation('sale', 'op_s'), at: AT },
  {
    ...{ type: 'OperationSucceeded', operationId: 'op_s', result: 'succeeded', source: 'answer' },
    ...{ providerRef: null, declineCode: null, at: AT },
  },
];
/** What is said of the dispute. */
export const told = (result: ObservedResult, change: object = {}): IntentCommand => {
  const { operationId: _, ...observation } = seen(result, change);
  return {
    ...{ type: 'ObserveDispute', disputedOperationId: 'op_s', disputeId: 'du_1', operationId: 'op_d' },
    ...{ amountMinor: 1000n, observation },
  };
};

/** Payments and the ledger beside each other: what is asked waits in a queue, in its order. */
export class World {
  intent: ExistingIntent;
  readonly ledger: DisputeLedger;
  private readonly asked: { readonly booking: IntentBooking; readonly plan: BookingPlan }[] = [];
  private readonly refused: Extract<IntentCommand, { readonly type: 'RecordRefusedBooking' }>[] = [];
  given = 0n;

  constructor(fundsMinor: bigint) {
    this.ledger = new DisputeLedger(fundsMinor);
    this.given = fundsMinor;
    const intent = replay(paid, absentIntent);
    if (intent.status === 'absent') throw new Error('absent');
    this.intent = intent;
  }

  run(command: IntentCommand): void {
    const decision = decideIntent(command, this.intent);
    if (!decision.accepted) throw new Error(decision.refusal.code);
    this.intent = apply(this.intent, command) as ExistingIntent;
    for (const event of decision.events)
      if (event.type === 'BookingRequested')
        this.asked.push({ booking: event, plan: planOf(this.intent, event) });
  }

  /** The ledger answers to the next one; a refusal is told, and told again whenever. */
  answer(): boolean {
    const next = this.asked.shift();
    if (next === undefined) return false;
    const code = this.ledger.book(next.plan);
    if (code === undefined) return true;
    this.refused.push({ type: 'RecordRefusedBooking', bookingId: next.booking.bookingId, code, at: AT });
    this.tellAgain();
    return true;
  }

  tellAgain(): void {
    const last = this.refused.at(-1);
    if (last !== undefined) this.run(last);
  }

  /** As the job does of what nothing came of: the ledger knows of debts then. */
  askAgain(): void {
    this.ledger.knowsDebts = true;
    for (const each of this.refused) this.run({ ...each, isAgain: true });
  }

  /** As the job does: not while a part waits for the ledger; what it was told of funds may be old. */
  collect(availableMinor: bigint): void {
    const isMoving = this.asked.some(({ booking }) => ['recovery', 'repayment'].includes(booking.kind));
    if (isMoving) return;
    this.run({ type: 'CollectDebt', operationId: 'op_d', availableMinor, at: AT });
  }

  deposit(amountMinor: bigint): void {
    this.given += amountMinor;
    this.ledger.add(WALLET, amountMinor);
  }

  spend(): void {
    const { available } = this.ledger;
    this.given -= available;
    this.ledger.add(WALLET, -available);
  }

  /** All that was asked is answered. */
  settle(): void {
    do {
      while (this.answer());
      this.askAgain();
    } while (this.asked.length > 0);
  }

  /** What the payee bore of it so far, wherever it is booked. */
  get borneMinor(): bigint {
    return this.given - this.ledger.of(WALLET) - this.ledger.of(DEBT);
  }

  get owed(): bigint {
    const [dispute] = this.intent.disputes;
    const disputed = this.intent.operations.find(({ operationId }) => operationId === 'op_d');
    return dispute === undefined || disputed === undefined ? 0n : owedMinor(dispute, disputed);
  }

  get quarantine(): readonly string[] {
    return this.intent.operations.flatMap(({ quarantine }) => quarantine);
  }

  get isDecided(): boolean {
    return this.intent.operations.some(
      ({ operationId, result }) =>
        operationId === 'op_d' && ['succeeded', 'failed', 'declined', 'returned'].includes(result),
    );
  }

  get isLost(): boolean {
    return this.intent.operations.some(
      ({ operationId, result }) => operationId === 'op_d' && result === 'succeeded',
    );
  }
}
