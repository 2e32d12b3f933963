/** Random histories of a ledger with every kind of date, for the tests of what the past is told to be. */
import fc from 'fast-check';
import type { TestLedger } from '../ledger.fixture.js';
import { HistoryModel, type RawEvent } from './history-model.fixture.js';

export const ACCOUNTS = ['world', 'a', 'b', 'shop:main'];
export const ASSETS = ['TRY/2', 'JPY'];

const SECOND = 1000;
const HOUR = 3600 * SECOND;

/** Milliseconds from now, or a fixed instant that several share; null is the time of recording. */
const when = fc.oneof(
  { weight: 4, arbitrary: fc.constant(null) },
  { weight: 2, arbitrary: fc.constantFrom(-90 * 24 * HOUR, -2 * HOUR, -HOUR, -SECOND, -20, -5, 0) },
  { weight: 2, arbitrary: fc.constantFrom(5, 20, 60, SECOND, HOUR, 48 * HOUR) },
  { weight: 2, arbitrary: fc.constantFrom('2024-02-29T23:59:59.999999Z', '2024-03-01T00:00:00Z') },
);

const command = fc.record({
  kind: fc.constantFrom('move', 'move', 'move', 'hold', 'capture', 'void', 'revert'),
  postings: fc.array(
    fc.record({
      source: fc.constantFrom(...ACCOUNTS),
      destination: fc.constantFrom(...ACCOUNTS),
      asset: fc.constantFrom(...ASSETS),
      amount: fc.constantFrom(0, 1, 7, 100, 5000),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  when,
  pick: fc.nat({ max: 30 }),
  part: fc.nat({ max: 3 }),
  flag: fc.boolean(),
});

type RandomCommand = typeof command extends fc.Arbitrary<infer T> ? T : never;

/** Requests one after the other; several commands in one are a bulk, recorded at the same instant. */
export const histories = fc.array(fc.array(command, { minLength: 1, maxLength: 4 }), {
  minLength: 1,
  maxLength: 12,
});

/** An answer to a created transaction: which event, and what it said of effective volumes. */
export interface Told {
  readonly sequence: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into foreign JSON
  readonly data: any;
}

interface Hold {
  readonly id: number;
  readonly source: string;
  readonly asset: string;
  readonly amount: number;
}

/** Plays a random history against a ledger of its own, and remembers what was answered. */
export class RandomHistory {
  readonly told: Told[] = [];
  private readonly holds: Hold[] = [];
  private requests = 0;

  constructor(
    private readonly ledger: TestLedger,
    readonly name: string,
  ) {}

  async play(requests: readonly (readonly RandomCommand[])[]): Promise<void> {
    await this.ledger.open(this.name);
    for (const commands of requests) await this.send(commands);
  }

  /** The reference, made from the events as they stand in the database. */
  async model(): Promise<HistoryModel> {
    const events = await this.ledger.database.database.query<RawEvent>(
      `select sequence::float8 as sequence, type, payload,
        to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "recordedAt"
      from event join ledger using (ledger_id) where ledger.name = $1 order by sequence`,
      [this.name],
    );
    return new HistoryModel(events);
  }

  private async send(commands: readonly RandomCommand[]): Promise<void> {
    const elements = commands.map((each) => this.element(each));
    const key = `${this.name}-${++this.requests}`;
    const path = `/v2/${this.name}/_bulk?continueOnFailure=true`;
    const options = { body: elements, headers: { 'idempotency-key': key } };
    const answer = await this.ledger.call('POST', path, options);
    const again = await this.ledger.call('POST', path, options);
    if (![200, 400].includes(answer.status)) throw new Error(answer.text);
    const results = answer.body.data as { responseType: string; logID: number; data: Told['data'] }[];
    const repeated = again.body.data as typeof results;
    results.forEach(({ responseType, logID, data }, index) => {
      if (!['CREATE_TRANSACTION', 'REVERT_TRANSACTION'].includes(responseType)) return;
      this.told.push({ sequence: logID, data: { ...data, again: repeated[index]?.data as unknown } });
      if (data.status === 'pending') this.remember(data as { id: number; postings: Hold[] });
    });
  }

  private remember({ id, postings }: { id: number; postings: readonly Omit<Hold, 'id'>[] }): void {
    const [first] = postings;
    if (first !== undefined) this.holds.push({ ...first, id });
  }

  private element({ kind, postings, when: date, pick, part, flag }: RandomCommand): object {
    const hold = this.holds[pick % Math.max(this.holds.length, 1)];
    switch (kind) {
      case 'capture': {
        const amount = Math.floor(((hold?.amount ?? 0) * part) / 3);
        const amounts = [{ source: hold?.source ?? 'a', asset: hold?.asset ?? 'JPY', amount }];
        const remainder = flag ? 'keep' : 'release';
        return { action: 'POST_HOLD', data: { id: hold?.id ?? 999, amounts, remainder } };
      }
      case 'void':
        return { action: 'VOID_HOLD', data: { id: hold?.id ?? 999 } };
      case 'revert':
        return { action: 'REVERT_TRANSACTION', data: { id: pick + 1, force: true, atEffectiveDate: flag } };
      default: {
        const timestamp = typeof date === 'number' ? new Date(Date.now() + date).toISOString() : date;
        const data = { postings, force: true, ...(kind === 'hold' ? { status: 'pending' } : {}) };
        return {
          action: 'CREATE_TRANSACTION',
          data: { ...data, ...(timestamp === null ? {} : { timestamp }) },
        };
      }
    }
  }
}
