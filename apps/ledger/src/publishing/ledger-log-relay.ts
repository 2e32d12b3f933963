import { type FactoryProvider, Injectable } from '@nestjs/common';
import { LedgerTopics } from '@defter/ledger-contracts';
import {
  CrashPoints,
  Database,
  Lifecycle,
  Logger,
  Messaging,
  Metrics,
  type SequencedRecord,
  SequenceRelay,
  type SequenceSource,
} from '@defter/platform';
import { COMMITTED } from '../engine/writers.js';
import { EventReader } from '../logs/event.read.js';
import { logRecord } from './log-record.js';

const RELAY = 'kafka';

const BEHIND = `
select head.ledger_id::text as stream, coalesce(checkpoint.sequence, 0) as checkpoint
from ledger_head head
left join relay_checkpoint checkpoint on checkpoint.ledger_id = head.ledger_id and checkpoint.relay = $1
where head.sequence > coalesce(checkpoint.sequence, 0)
order by head.sequence - coalesce(checkpoint.sequence, 0) desc limit $2`;

const FIRST = `
insert into relay_checkpoint (ledger_id, relay, sequence) values ($1, $2, $4)
on conflict (ledger_id, relay) do update set sequence = excluded.sequence where relay_checkpoint.sequence = $3
returning sequence`;

/** The event logs of all ledgers, as the relay reads them: one stream per ledger, gapless. */
@Injectable()
export class LedgerLog implements SequenceSource {
  private readonly names = new Map<string, { readonly tenantId: string; readonly name: string }>();

  constructor(
    private readonly database: Database,
    private readonly events: EventReader,
  ) {}

  behind(limit: number): Promise<readonly { stream: string; checkpoint: bigint }[]> {
    return this.database.query(BEHIND, [RELAY, limit]);
  }

  async read(stream: string, after: bigint, limit: number): Promise<readonly SequencedRecord[]> {
    const ledger = await this.nameOf(stream);
    const records = await this.events.after(parseInt(stream, 10), { after, limit });
    return records.map((record) => ({
      sequence: BigInt(record.sequence),
      record: logRecord(LedgerTopics.events.name, ledger, record),
    }));
  }

  /** By compare-and-set: a relay that slept through another one's work finds its old value gone. */
  async move(stream: string, from: bigint, to: bigint): Promise<boolean> {
    const rows = await this.database.query(FIRST, [parseInt(stream, 10), RELAY, from, to]);
    return rows.length === 1;
  }

  private async nameOf(stream: string): Promise<{ readonly tenantId: string; readonly name: string }> {
    const known = this.names.get(stream);
    if (known !== undefined) return known;
    const sql = 'select tenant_id as "tenantId", name from ledger where ledger_id = $1';
    const [row] = await this.database.query<{ tenantId: string; name: string }>(sql, [parseInt(stream, 10)]);
    if (row === undefined) throw new Error(`There is no ledger ${stream}`);
    this.names.set(stream, row);
    return row;
  }
}

/**
 * Publishes every ledger's events to Kafka in order; wakes at each commit of this process, polls for the
 * others'.
 */
export const ledgerLogRelay: FactoryProvider = {
  provide: SequenceRelay,
  inject: [LedgerLog, Database, Messaging, Lifecycle, Logger, Metrics, CrashPoints],
  // One parameter per injected thing is Nest's form of a factory.
  useFactory: (
    ...[source, database, messaging, lifecycle, logger, metrics, crash]: [
      LedgerLog,
      Database,
      Messaging,
      Lifecycle,
      Logger,
      Metrics,
      CrashPoints,
    ]
  ) => {
    const relay = new SequenceRelay({
      name: 'ledger log',
      ...{ database, messaging, source, logger, metrics, crash },
    });
    database.onSignal(COMMITTED, () => relay.wake());
    lifecycle.register(relay);
    return relay;
  },
};
