import { LedgerTopics } from '@defter/ledger-contracts';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';

/** Not more than a poll of the broker, as in the services. */
const FETCH_WAIT_MS = 10;

const TABLE = `
create table if not exists effect (ledger text, sequence text, primary key (ledger, sequence))`;
const APPLY = `
insert into effect select * from unnest($1::text[], $2::text[]) on conflict do nothing`;

/** A consumer of the ledger's events whose effect is a row of its own, as far as it is behind each event. */
export class EffectMeter {
  /** Milliseconds from the time of recording to the commit of the effect, event by event. */
  readonly lags: number[] = [];
  private measuring = false;
  private constructor(
    private readonly client: pg.Client,
    private readonly consumer: ReturnType<Kafka['consumer']>,
  ) {}

  /** Starts at the end of the topic; `url` is a database for the effects. */
  static async start(brokers: string, url: string): Promise<EffectMeter> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(TABLE);
    const kafka = new Kafka({ clientId: 'bench', brokers: brokers.split(','), logLevel: logLevel.NOTHING });
    const consumer = kafka.consumer({ groupId: `bench-${Date.now()}`, maxWaitTimeInMs: FETCH_WAIT_MS });
    const meter = new EffectMeter(client, consumer);
    await consumer.connect();
    await consumer.subscribe({ topic: LedgerTopics.events.name, fromBeginning: false });
    const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
    await consumer.run({ eachBatch: ({ batch }) => meter.apply(batch.messages) });
    await joined;
    return meter;
  }

  /** From now on the lags count. */
  measure(): void {
    this.measuring = true;
  }

  async stop(): Promise<void> {
    await this.consumer.disconnect();
    await this.client.end();
  }

  private async apply(messages: readonly { readonly value: Buffer | null }[]): Promise<void> {
    const events = messages.map(
      ({ value }) =>
        JSON.parse(value?.toString() ?? '{}') as { ledger: string; sequence: number; recordedAt: string },
    );
    await this.client.query(APPLY, [
      events.map(({ ledger }) => ledger),
      events.map(({ sequence }) => `${sequence}`),
    ]);
    const now = Date.now();
    if (this.measuring) this.lags.push(...events.map(({ recordedAt }) => now - Date.parse(recordedAt)));
  }
}

/** The value below which so large a part of the values lies. */
export const percentile = (values: readonly number[], part: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
};
