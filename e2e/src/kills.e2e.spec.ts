import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { depositWishes, inParallel, persistently, readBooks, type Stage, until } from '@defter/cli';
import { eventsOnKafka, firstDeliveries } from './kafka-log.js';
import { startWorld, type World } from './world.js';

/** Deposits in the stream; the issue asks for 2,000. */
const DEPOSITS = 2_000;
const WIDTH = 24;
const SETTLE_LIMIT_MS = 240_000;

let world: World;
let stage: Stage;
beforeAll(async () => {
  world = await startWorld();
  stage = world.stage('t_kills');
}, 180_000);
afterAll(() => world?.stop());

const VICTIMS = [
  ['ledger', 0],
  ['payments', 0],
  ['webhook-ingress', 0],
  ['postgres', 0],
  ['kafka', 0],
  ['ledger', 1],
  ['webhook-ingress', 1],
] as const;

/** Kills one after the other while the stream runs; every round hits each of them. */
const killWhile = async (running: () => boolean): Promise<string[]> => {
  const killed: string[] = [];
  await sleep(1_500);
  do {
    for (const [name, replica] of VICTIMS) {
      await world.crash(name, replica);
      killed.push(`${name} ${replica}`);
      await sleep(1_000);
    }
  } while (running());
  return killed;
};

const sorted = (values: Iterable<string>): string[] => [...values].sort();

describe('kill -9 of everything during a stream of 2,000 deposits', () => {
  let acknowledged: { reference: string; id: string }[] = [];
  let operations: string[] = [];

  it('every deposit is acknowledged in the end, by a caller that repeats with the same key', async () => {
    const wishes = depositWishes(DEPOSITS);
    let running = true;
    const killing = killWhile(() => running);
    acknowledged = await inParallel(wishes, WIDTH, async ({ reference, customer, amount, scenario }) => {
      const body = {
        amount_minor: amount,
        currency: 'TRY',
        customer_id: customer,
        merchant_reference: reference,
        confirm: true,
        payment_method: 'tok_visa',
        ...(scenario === undefined ? {} : { metadata: { 'mock.scenario': scenario } }),
      };
      const { id } = await persistently(() => stage.payments.createIntent(body, reference));
      return { reference, id };
    });
    running = false;
    const killed = await killing;
    expect(new Set(killed).size).toBe(VICTIMS.length);
    expect(acknowledged).toHaveLength(DEPOSITS);
  }, 600_000);

  it('what was acknowledged is there, nothing else, and all of it gets booked', async () => {
    const deadline = Date.now() + SETTLE_LIMIT_MS;
    const look = async () => {
      const all: { reference: string; id: string; open: boolean; operations: string[] }[] = [];
      for await (const intent of stage.payments.intents()) {
        const open =
          intent.status !== 'succeeded' || !intent.bookings.every(({ state }) => state === 'booked');
        const ids = intent.attempts.map(({ operation_id }) => operation_id);
        all.push({ reference: intent.merchant_reference, id: intent.id, open, operations: ids });
      }
      return all;
    };
    let intents = await persistently(look);
    while (intents.some(({ open }) => open) && Date.now() < deadline) {
      await sleep(2_000);
      intents = await persistently(look);
    }
    expect(intents.filter(({ open }) => open)).toEqual([]);
    expect(sorted(intents.map(({ reference, id }) => `${reference} ${id}`))).toEqual(
      sorted(acknowledged.map(({ reference, id }) => `${reference} ${id}`)),
    );
    operations = intents.flatMap((intent) => intent.operations);
    expect(new Set(operations).size).toBe(DEPOSITS);
  }, 300_000);

  it("our operations = the provider's book = the ledger's entries, as sets of ids", async () => {
    const { connection } = stage.tenant;
    const { data } = await stage.provider<{ data: { operation_id: string; status: string }[] }>(
      'GET',
      `/_test/book?connectionId=${connection.id}`,
    );
    const charged = data
      .filter(({ status }) => status === 'succeeded')
      .map(({ operation_id }) => operation_id);
    expect(sorted(charged)).toEqual(sorted(operations));
    const books = await readBooks(stage);
    expect(sorted(books.keys)).toEqual(sorted(operations.map((id) => `deposit:${id}`)));
    const expected = depositWishes(DEPOSITS).reduce((sum, { amount }) => sum + BigInt(amount), 0n);
    const wallets = [...books.accounts].filter(([account]) => account.startsWith('users:'));
    expect(wallets.reduce((sum, [, { posted }]) => sum + posted, 0n)).toBe(expected);
    for (const [account, { posted }] of books.accounts)
      expect([account, books.folded.get(account)]).toEqual([account, posted]);
  }, 120_000);

  it('events on Kafka = events in the store, as sets, in order', async () => {
    const stored = new Map<number, string | undefined>();
    for await (const { id, idempotencyKey } of stage.ledger.logs('main')) stored.set(id, idempotencyKey);
    const events = await eventsOnKafka(world.stack.kafka.brokers, `${stage.tenant.id}/main`, stored.size);
    expect(firstDeliveries(events)).toEqual(Array.from({ length: stored.size }, (_, index) => index + 1));
    for (const { sequence, commandId } of events)
      expect([sequence, commandId]).toEqual([sequence, stored.get(sequence)]);
    expect(
      await until('a live ledger', async () => (await stage.ledger.balances('main', 'users:c1:main')).length),
    ).toBe(1);
  }, 120_000);
});
