import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import type { FindingView } from '@defter/reconciliation-contracts';
import { type Caller, HasForm, HasNoCardNumber, IsName, IsReason } from '@defter/platform';
import {
  type FindingCommand,
  findingTypes,
  type Resolution,
  resolutionNames,
} from '@defter/reconciliation-domain';
import type { FindingRecord } from './finding.js';

const statuses = [
  'open',
  'acknowledged',
  'in_progress',
  'proposed',
  'reopened',
  'resolved',
  'accepted_risk',
  'auto_resolved',
];

/** The body of `POST …/findings/{id}/resolve`. */
export class ResolveFindingBody {
  @IsIn(resolutionNames) resolution!: Resolution;
  /** Why, for whoever reads the history. */
  @IsOptional() @IsReason() @HasNoCardNumber() note?: string;
}

/** The body of `POST …/findings/{id}/relink`. */
export class RelinkBody {
  @HasForm(/^[\x21-\x7e]{1,128}$/, 'the id of an operation, as payments gave it')
  @HasNoCardNumber()
  operation_id!: string;

  @IsOptional() @IsReason() @HasNoCardNumber() note?: string;
}

export class ListFindingsQuery {
  @IsOptional() @IsIn(statuses) status?: string;
  @IsOptional() @IsIn(['LOW', 'MED', 'HIGH']) risk?: string;
  @IsOptional() @IsName() provider?: string;
  @IsOptional() @IsIn(Object.keys(findingTypes)) type?: string;
  @IsOptional() @IsString() @MaxLength(4096) cursor?: string;
  @IsOptional() @IsString() @MaxLength(9) page_size?: string;
}

/** Whether a text can be a finding's id; anything else needs no look into the database. */
export const isFindingId = (text: string): boolean => /^fnd_[0-9a-f]{32}$/.test(text);

/** The command in a caller's words. */
export const toResolve = (
  { resolution, note = '' }: ResolveFindingBody,
  { actor }: Caller,
): FindingCommand => ({
  ...{ type: 'Resolve', by: actor, resolution, note },
});

/** A finding as callers see it. */
export const toFindingView = (finding: FindingRecord): FindingView => ({
  id: finding.id,
  provider: finding.provider,
  connection_id: finding.connection_id,
  tenant_id: finding.tenant_id,
  player_id: finding.player_id,
  tx_id: finding.tx_id,
  provider_event_id: finding.provider_event_id,
  provider_ref: finding.provider_ref,
  finding_type: finding.finding_type,
  severity: finding.severity,
  status: finding.status,
  message: finding.message,
  action: finding.action,
  action_sentence: finding.action_sentence,
  risk_inputs: finding.risk_inputs,
  raw: finding.raw,
  business_on: finding.business_on,
  first_seen_at: finding.first_seen_at.toISOString(),
  last_seen_at: finding.last_seen_at.toISOString(),
  version: finding.version,
  resolution: finding.resolution,
  resolution_note: finding.resolution_note,
  closed_by: finding.closed_by,
  closed_at: finding.closed_at?.toISOString() ?? null,
});
