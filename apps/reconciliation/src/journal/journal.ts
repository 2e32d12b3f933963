import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@defter/platform';
import { LedgerTopics } from '@defter/ledger-contracts';
import { entriesOf } from './journal-entries.js';
import { storeEntries } from './journal-store.js';
import { LedgerEvents } from './ledger-events.js';

/** The consumer's own position, or what was read beyond it: nothing up to it is missing. */
const POSITION = `
  select greatest(
    (select max(sequence) from consumer_position
      where tenant_id = $1 and stream = $2 and consumer like '%:' || $3),
    (select sequence from journal_reach where tenant_id = $1 and ledger = $2), 0) as sequence`;

const REACHED = `
  insert into journal_reach (tenant_id, ledger, sequence) values ($1, $2, $3)
  on conflict (tenant_id, ledger) do update set sequence = greatest(journal_reach.sequence, $3)`;

/** Events of one read from the ledger: few enough for its deadline and for memory. */
const PAGE = 1_000n;

/** How far the journal here is, and the way to bring it further without the topic. */
@Injectable()
export class Journal {
  constructor(
    private readonly database: Database,
    private readonly events: LedgerEvents,
  ) {}

  /** The last event of a ledger up to which nothing is missing here. */
  async position(tenantId: string, ledger: string): Promise<bigint> {
    const values = [tenantId, ledger, LedgerTopics.events.name];
    const [row] = await this.database.query<{ sequence: bigint }>(POSITION, values);
    return row?.sequence ?? 0n;
  }

  /** When an event of the ledger was recorded. @throws Fault while the ledger is away */
  async recordedAt(tenantId: string, ledger: string, sequence: bigint): Promise<Date | undefined> {
    const [event] = await this.events.read(tenantId, ledger, { from: sequence, to: sequence });
    return event === undefined ? undefined : new Date(event.recordedAt);
  }

  /**
   * Reads the events after the position from the ledger itself; the consumer finds them there already when
   * the topic brings them. `write` opens the transaction. @returns the last one read @throws Fault
   */
  async readOn(
    { tenantId, ledger, from, to }: { tenantId: string; ledger: string; from: bigint; to: bigint },
    write: (work: (tx: Transaction) => Promise<void>) => Promise<void>,
  ): Promise<bigint> {
    const last = to - from >= PAGE ? from + PAGE - 1n : to;
    const read = await this.events.read(tenantId, ledger, { from, to: last });
    await write(async (tx) => {
      await storeEntries(tx, tenantId, read.flatMap(entriesOf));
      await tx.query(REACHED, [tenantId, ledger, last]);
    });
    return last;
  }
}
