/** A tenant's day at the mock provider, played from a seed through the public APIs. */
import { inParallel, persistently, type Stage, until } from '@defter/cli';
import { faultKinds, randomOf } from './report-truth.js';

const DEPOSITS = 36;
const PAYOUTS = 6;
const RETURNED = 2;
const EACH_FAULT = 2;
const CUSTOMERS = 3;
const WIDTH = 8;
const IBAN = 'TR330006100519786457841326';

export interface Fault {
  readonly kind: string;
  readonly operationId: string;
}

export interface PlayedBook {
  readonly stage: Stage;
  /** Operations of payouts that came back. */
  readonly returned: readonly string[];
  /** As the provider has taken them; it names the operations of its inventions. */
  readonly faults: readonly Fault[];
}

/** Plays the day and has the provider spoil its report with two faults of each kind. */
export const playBook = async (
  stage: Stage,
  seed: number,
  kinds: readonly string[] = faultKinds,
): Promise<PlayedBook> => {
  const random = randomOf(seed);
  const deposits = Array.from({ length: DEPOSITS }, (_, index) => ({
    name: `deposit-${index}`,
    amount_minor: (100 + random(900)) * 100 + 1,
    currency: index % 4 === 0 ? 'USD' : 'TRY',
    customer_id: `c${index % CUSTOMERS}`,
  }));
  const charged = await inParallel(deposits, WIDTH, (wish) => deposit(stage, wish));
  const wishes = Array.from({ length: PAYOUTS }, (_, index) => ({
    name: `payout-${index}`,
    scenario: index < RETURNED ? 'payout.returned' : 'approve',
    amount_minor: 5_000 + random(500) * 10,
    customer_id: `c${index % CUSTOMERS}`,
  }));
  const paid = await inParallel(wishes, WIDTH, (wish) => withdraw(stage, wish));
  await untilReconciliationKnows(stage, DEPOSITS + PAYOUTS);
  const faults = await spoil(stage, kinds, shuffled([...charged, ...paid], random));
  return { stage, returned: paid.slice(0, RETURNED), faults };
};

const deposit = async (
  stage: Stage,
  { name, ...wish }: { name: string; amount_minor: number; currency: string; customer_id: string },
): Promise<string> => {
  const body = {
    ...wish,
    ...{ merchant_reference: name, confirm: true, payment_method: 'tok_visa' },
    metadata: { 'mock.scenario': 'approve' },
  };
  const { id } = await persistently(() => stage.payments.createIntent(body, name));
  const intent = await until(`Booking of ${name}`, async () => {
    const known = await stage.payments.intent(id);
    return known.bookings.some(({ state }) => state === 'booked') ? known : undefined;
  });
  return intent.attempts[0]?.operation_id ?? '';
};

const withdraw = async (
  stage: Stage,
  { name, scenario, ...wish }: { name: string; scenario: string; amount_minor: number; customer_id: string },
): Promise<string> => {
  const body = {
    ...{ ...wish, currency: 'TRY', destination: IBAN },
    metadata: { 'mock.scenario': scenario },
  };
  const { id, payload_hash } = await persistently(() => stage.requester.requestPayout(body, name));
  await persistently(() => stage.approver.approvePayout(id, payload_hash, `approve-${name}`));
  const end = scenario === 'approve' ? 'paid' : 'returned';
  const payout = await until(`${name} being ${end}`, async () => {
    const known = await stage.payments.payout(id);
    const isBooked = known.bookings.every(({ state }) => state === 'booked');
    return known.status === end && isBooked ? known : undefined;
  });
  return payout.operation?.operation_id ?? '';
};

const untilReconciliationKnows = async (stage: Stage, operations: number): Promise<void> => {
  let last = 0;
  for await (const { id } of stage.ledger.logs(stage.tenant.ledger)) {
    last = id;
    break;
  }
  await until('Reconciliation hearing of everything', async () => {
    const { known } = await stage.reconciliation.summary();
    const sequence = known.journal.find(({ ledger }) => ledger === stage.tenant.ledger)?.sequence ?? '0';
    return known.operations >= operations && BigInt(sequence) >= BigInt(last) ? known : undefined;
  });
};

const spoil = async (stage: Stage, kinds: readonly string[], ids: readonly string[]): Promise<Fault[]> => {
  const left = [...ids];
  const faults = kinds.flatMap((kind) =>
    Array.from({ length: EACH_FAULT }, () =>
      kind === 'extra' ? { kind } : { kind, operationId: left.shift() },
    ),
  );
  const body = { connectionId: stage.tenant.connection.id, faults };
  const { data } = await stage.provider<{ data: Fault[] }>('POST', '/_test/report-faults', body);
  return data;
};

const shuffled = (ids: readonly string[], random: (below: number) => number): string[] => {
  const left = [...ids];
  return ids.flatMap(() => left.splice(random(left.length), 1));
};
