import type { ReportObservationV1 } from '@defter/reconciliation-contracts';
import { claimedBy, isProven, provenBy } from '@defter/reconciliation-domain';
import { uuidOf } from '../digest.js';
import type { OpenMatchRow } from './open-matches.sql.js';
import { sidesOf } from './residue-row.js';
import type { RunRow } from './run.js';

/** What a matched line says to payments, and about which line and leg. */
export interface ReportObservation {
  readonly leg: string;
  readonly lineKey: string;
  readonly body: ReportObservationV1;
}

/** What the pair proves beyond what payments knows; nothing where it proves nothing, or nothing new. */
export function toObservation(row: OpenMatchRow, run: RunRow): ReportObservation | undefined {
  const { line, operation } = sidesOf(row);
  const { operationId, kind } = operation;
  const proven = provenBy(kind, row.leg);
  if (proven === undefined || isProven(operation.result, proven) || !isKnown(kind)) return undefined;
  const { amount, currency } = claimedBy(line, operation);
  const { provider, connection_id: connectionId, run_id: runId } = run;
  const said = [operationId, row.leg, proven, `${amount}`, currency];
  const body: ReportObservationV1 = {
    // The line's key is the same in a report that was issued again; what a corrected one says is not.
    observationId: uuidOf(provider, connectionId, line.key, ...said),
    ...{ provider, connectionId, operationId, kind, result: proven },
    ...(line.providerRef !== '' && { providerRef: line.providerRef }),
    ...{ amountMinor: `${amount}`, currency, occurredAt: row.occurred_at.toISOString() },
    origin: row.is_fetched ? 'provider' : 'file',
    ...{ reportRef: line.reportRef, lineNumber: line.lineNumber, runId },
  };
  return { leg: row.leg, lineKey: line.key, body };
}

const kinds: readonly string[] = ['sale', 'capture', 'refund', 'payout'];
const isKnown = (kind: string): kind is ReportObservationV1['kind'] => kinds.includes(kind);
