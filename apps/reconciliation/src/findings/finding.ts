import type {
  Classified,
  Finding,
  FindingEvent,
  FindingStatus,
  FindingType,
  OpenProposal,
  SeenFinding,
  Severity,
} from '@defter/reconciliation-domain';
import { isClosed } from '@defter/reconciliation-domain';
import { sha256, sha256Of } from '../digest.js';
import type { Sighting } from '../finding-recorder.js';

/** A finding as it is stored. */
export interface FindingRecord {
  readonly tenant_id: string;
  readonly id: string;
  readonly identity: string;
  readonly provider: string;
  readonly connection_id: string;
  readonly player_id: string | null;
  readonly tx_id: string | null;
  readonly provider_event_id: string | null;
  readonly provider_ref: string | null;
  readonly finding_type: FindingType;
  readonly severity: Severity;
  readonly status: FindingStatus;
  readonly message: string;
  readonly action: string;
  readonly action_sentence: string;
  readonly risk_inputs: unknown;
  readonly evidence: string;
  readonly raw: unknown;
  readonly origin: Sighting['origin'];
  readonly business_on: string | null;
  readonly first_seen_by: string;
  readonly last_seen_by: string;
  readonly first_seen_at: Date;
  readonly last_seen_at: Date;
  readonly version: number;
  readonly resolution: string | null;
  readonly resolution_note: string | null;
  readonly closed_by: string | null;
  readonly closed_at: Date | null;
  /** The proposal that is open. */
  readonly proposal_id: string | null;
  /** What was booked for it and not taken back, in the smallest unit. */
  readonly corrected: string;
  readonly is_gone: boolean;
  /** What saw it last; `last_seen_by` is also a run for which it is still early. */
  readonly observed_by: string | null;
}

/** sha256 of (tenant, provider, type, sorted keys): the same difference is the same finding, in every run. */
export const identityOf = (
  { tenantId, provider, connectionId }: Pick<Sighting, 'tenantId' | 'provider' | 'connectionId'>,
  seen: Pick<Classified, 'findingType' | 'keys'>,
): string => sha256Of(tenantId, provider, connectionId, seen.findingType, ...[...seen.keys].sort());

/** The id that callers use: made from the identity, so that it survives even the loss of this database. */
export const findingIdOf = (identity: string): string => `fnd_${identity.slice(0, 32)}`;

/** A re-issued report moves lines about, and what is suggested depends on what else is left over. */
const noFacts: ReadonlySet<string> = new Set(['lineNumber', 'suggestions']);

/** Digest of the facts. */
export const evidenceOf = (raw: unknown): string =>
  sha256(JSON.stringify(raw, (name, value: unknown) => (noFacts.has(name) ? undefined : sorted(value))));

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** What the domain decides on; `proposal` is the one that the record names. */
export function stateOf(record: FindingRecord, proposal: OpenProposal | undefined): SeenFinding {
  if ((record.proposal_id ?? undefined) !== proposal?.id)
    throw new Error(`Finding ${record.id} is not decided with its proposal`);
  return {
    ...{ status: record.status, findingType: record.finding_type, severity: record.severity },
    ...{ evidence: record.evidence, corrected: BigInt(record.corrected), isGone: record.is_gone },
    proposal: proposal ?? null,
  };
}

/** The record with what was seen just now: text and facts are always the newest, the state stays. */
export function seenAgain(
  known: FindingRecord | undefined,
  sighting: Sighting,
  seen: Classified,
): FindingRecord {
  const identity = identityOf(sighting, seen);
  const { tenantId, provider, connectionId, origin, cause, at } = sighting;
  return {
    ...{
      tenant_id: tenantId,
      id: findingIdOf(identity),
      identity,
      provider,
      connection_id: connectionId,
      origin,
    },
    ...{ player_id: seen.playerId, tx_id: seen.txId, provider_ref: seen.providerRef },
    provider_event_id: seen.providerEventId,
    ...{ finding_type: seen.findingType, severity: seen.severity, message: seen.message },
    ...{ action: seen.action, action_sentence: seen.actionSentence, risk_inputs: seen.riskInputs },
    ...{ evidence: evidenceOf(seen.raw), raw: seen.raw, business_on: seen.businessOn },
    ...{ last_seen_by: cause, last_seen_at: at, observed_by: cause },
    ...(known === undefined ? { ...firstSeen(cause, at), ...open } : stateKept(known)),
  };
}

const firstSeen = (cause: string, at: Date) =>
  ({
    ...({ first_seen_by: cause, first_seen_at: at, status: 'open', version: 0 } as const),
    ...{ proposal_id: null, corrected: '0', is_gone: false },
  }) as const;

const stateKept = ({ first_seen_by, first_seen_at, status, version, ...rest }: FindingRecord) => {
  const { resolution, resolution_note, closed_by, closed_at, proposal_id, corrected, is_gone } = rest;
  return {
    ...{ first_seen_by, first_seen_at, status, version, proposal_id, corrected, is_gone },
    ...{ resolution, resolution_note, closed_by, closed_at },
  };
};

const open = { resolution: null, resolution_note: null, closed_by: null, closed_at: null } as const;

/** The record after an event; `after` is what the event made of the finding. */
export function amended(record: FindingRecord, after: Finding, event: FindingEvent, at: Date): FindingRecord {
  if (after.status === 'none') throw new Error(`A finding can't end in nothing by ${event.type}`);
  const closing = isClosed(after.status) ? closingOf(event, at) : open;
  return {
    ...record,
    status: after.status,
    severity: after.severity,
    version: record.version + 1,
    ...{ proposal_id: after.proposal?.id ?? null, corrected: `${after.corrected}`, is_gone: after.isGone },
    ...closing,
  };
}

function closingOf(event: FindingEvent, at: Date) {
  if (event.type === 'FindingResolved') {
    const { resolution, note, by } = event;
    return { resolution, resolution_note: note, closed_by: by, closed_at: at };
  }
  const cause = 'cause' in event ? event.cause : 'by' in event ? event.by : null;
  return { resolution: 'late_arrival', resolution_note: null, closed_by: cause, closed_at: at };
}
