import { accept, type Decision, refuse } from '@defter/kernel';
import type { BookEvent, FaultKind, ReportFault } from '../book/book-event.wire.js';
import { seededHex } from '../seed.js';

/**
 * A fault that is wanted; without an operation the provider chooses one, always the same in the same book.
 */
export interface WantedFault {
  readonly kind: FaultKind;
  readonly operationId?: string;
}

export interface SetFaults {
  readonly connectionId: string;
  readonly wanted: readonly WantedFault[];
  readonly at: Date;
}

export type FaultRefusal =
  | { readonly code: 'nothing-to-fault'; readonly kind: FaultKind }
  | { readonly code: 'operation-not-settled'; readonly operationId: string }
  | { readonly code: 'operation-already-faulty'; readonly operationId: string }
  | { readonly code: 'operation-exists'; readonly operationId: string };

export type FaultsSet = Extract<BookEvent, { readonly type: 'ReportFaultsSet' }>;
type Found = { readonly operationId: string } | { readonly refusal: FaultRefusal };

/**
 * Aims each fault at one settled operation, one fault per operation at most: so the truth of a file is
 * never ambiguous. All of a request or nothing. `settled` has the ids of the operations that stand in a
 * file.
 */
export function decideFaults(
  { connectionId, wanted, at }: SetFaults,
  settled: ReadonlySet<string>,
  existing: readonly ReportFault[],
): Decision<FaultsSet, FaultRefusal> {
  const hit = new Set(existing.map(({ operationId }) => operationId));
  const faults: ReportFault[] = [];
  for (const want of wanted) {
    const id = `flt_${seededHex(12, connectionId, String(existing.length + faults.length))}`;
    const found = aim(want, { id, settled, hit });
    if ('refusal' in found) return refuse(found.refusal);
    hit.add(found.operationId);
    faults.push({
      id,
      connectionId,
      kind: want.kind,
      operationId: found.operationId,
      setAt: at.toISOString(),
    });
  }
  return accept({ type: 'ReportFaultsSet', faults });
}

interface Range {
  readonly id: string;
  readonly settled: ReadonlySet<string>;
  readonly hit: ReadonlySet<string>;
}

function aim({ kind, operationId }: WantedFault, { id, settled, hit }: Range): Found {
  if (kind === 'extra') {
    const invented = operationId ?? `op_${seededHex(32, id, 'invented')}`;
    return settled.has(invented) || hit.has(invented)
      ? { refusal: { code: 'operation-exists', operationId: invented } }
      : { operationId: invented };
  }
  if (operationId === undefined) {
    const free = [...settled].filter((candidate) => !hit.has(candidate));
    const [chosen] = free
      .map((candidate) => [seededHex(16, id, candidate), candidate] as const)
      .sort(byFirst);
    return chosen === undefined
      ? { refusal: { code: 'nothing-to-fault', kind } }
      : { operationId: chosen[1] };
  }
  if (!settled.has(operationId)) return { refusal: { code: 'operation-not-settled', operationId } };
  return hit.has(operationId)
    ? { refusal: { code: 'operation-already-faulty', operationId } }
    : { operationId };
}

function byFirst([left]: readonly [string, string], [right]: readonly [string, string]): number {
  return left < right ? -1 : 1;
}
