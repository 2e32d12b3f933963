import { Injectable } from '@nestjs/common';
import { enqueue, type Transaction } from '@defter/platform';
import type { BatchSettlementV1 } from '@defter/reconciliation-contracts';
import { columns } from '../columns.js';
import { Connections } from '../connections.js';
import { sha256Of } from '../digest.js';
import { toSettlementMessage } from '../publishing/settlement.message.js';
import { HASH_JOINS } from './matching-database.js';
import { PAID_BATCHES, type PaidBatchRow, RECEIVED_BY, REMEMBER_BATCHES } from './paid-batches.sql.js';
import type { RunRow } from './run.js';

const SHOWN_REFERENCES = 10;
const FILE_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-/;

/**
 * Asks payments for the settlement of each batch that is paid: the bank's booking is what its lines add up
 * to. Where the connection has no statements and says so in the settings, the report alone is enough. Once
 * per batch and figures; payments sees to it that a batch is settled once.
 */
@Injectable()
export class TellSettlements {
  constructor(private readonly connections: Connections) {}

  /** In the run's transaction: told if and only if it commits. @returns how many are told now */
  async tell(tx: Transaction, run: RunRow): Promise<number> {
    const { tenant_id: tenantId, provider, connection_id: connectionId } = run;
    const source = [tenantId, provider, connectionId];
    const connection = await this.connections.find({ tenantId, provider, connectionId });
    const byReport = connection?.settledBy === 'report';
    await tx.query(HASH_JOINS);
    const rows = await tx.query<PaidBatchRow>(PAID_BATCHES, [...source, byReport, run.settled_before]);
    const people = await receivedBy(tx, tenantId, rows);
    const batches = rows.map((row) => toSettlement(row, run, handedInBy(row, people)));
    const digests = batches.map((batch) => ({ ...batch, digest: digestOf(batch) }));
    const values = columns(digests, ['batchRef', 'currency', 'digest', 'unlikeLines']);
    const news = await tx.query<News>(REMEMBER_BATCHES, [...source, run.run_id, ...values]);
    const versions = new Map(news.map((each) => [`${each.batch_ref}/${each.currency}`, each.version]));
    const told = batches.flatMap((batch) => {
      const version = versions.get(`${batch.batchRef}/${batch.currency}`);
      return version === undefined ? [] : [toSettlementMessage(tenantId, batch, version)];
    });
    await enqueue(tx, told);
    return told.length;
  }
}

interface News {
  readonly batch_ref: string;
  readonly currency: string;
  readonly version: number;
}

/** Who handed in which of the files that the batches follow from; those that a run fetched are nobody's. */
async function receivedBy(
  tx: Transaction,
  tenantId: string,
  rows: readonly PaidBatchRow[],
): Promise<ReadonlyMap<string, string>> {
  const files = [...new Set(rows.flatMap((row) => row.ingested_by))].filter((by) => FILE_ID.test(by));
  if (files.length === 0) return new Map();
  const received = await tx.query<{ file_id: string; received_by: string }>(RECEIVED_BY, [tenantId, files]);
  return new Map(received.map(({ file_id, received_by }) => [file_id, received_by]));
}

const handedInBy = (row: PaidBatchRow, people: ReadonlyMap<string, string>): string[] => {
  const all = row.ingested_by.flatMap((file) => people.get(file) ?? []);
  return [...new Set(all)].sort();
};

function toSettlement(row: PaidBatchRow, run: RunRow, people: readonly string[]): BatchSettlementV1 {
  return {
    ...{ provider: run.provider, connectionId: run.connection_id },
    ...{ batchRef: row.batch_ref, currency: row.currency, grossMinor: row.gross, feesMinor: row.fees },
    ...{ otherMinor: row.other, netMinor: row.net, bookedFeesMinor: row.booked_fees },
    ...(row.paid !== null && { bankMinor: row.paid }),
    ...{ lines: row.lines, unlikeLines: row.unlike, lastOn: row.last_on, runId: run.run_id },
    bankReferences: (row.bank_references ?? []).slice(0, SHOWN_REFERENCES),
    ...{ bankLines: [...(row.bank_lines ?? [])], handedInBy: [...people] },
  };
}

/**
 * Of what is decided on, and of what a proposal that waits shows: payments renews it. The bank's names and
 * who handed files in change nothing about the money.
 */
const digestOf = (batch: BatchSettlementV1): string => {
  const { grossMinor, feesMinor, otherMinor, netMinor, bankMinor = '' } = batch;
  const { bookedFeesMinor, unlikeLines, bankLines = [] } = batch;
  const money = [grossMinor, feesMinor, otherMinor, netMinor, bankMinor, bookedFeesMinor];
  return sha256Of(...money, `${unlikeLines}`, ...bankLines);
};
