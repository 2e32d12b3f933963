import { type Static, Type } from '@sinclair/typebox';
import { settlements } from './batch-settlement.js';
import { observations } from './report-observation.js';

/**
 * A difference that reconciliation reports, as it stands; on `defter.reconciliation.findings.v1`, key =
 * finding id.
 */
export const FindingV1 = Type.Object({
  id: Type.String(),
  tenantId: Type.String(),
  provider: Type.String(),
  findingType: Type.String(),
  severity: Type.Union([Type.Literal('LOW'), Type.Literal('MED'), Type.Literal('HIGH')]),
  status: Type.String(),
  message: Type.String(),
  playerId: Type.Optional(Type.String()),
  txId: Type.Optional(Type.String()),
  providerEventId: Type.Optional(Type.String()),
  providerRef: Type.Optional(Type.String()),
  version: Type.Integer({ minimum: 1 }),
});
export type FindingV1 = Static<typeof FindingV1>;

export const ReconciliationTopics = {
  findings: {
    name: 'defter.reconciliation.findings.v1',
    key: 'finding id',
    partitions: 3,
    retentionMs: -1,
    schema: FindingV1,
  },
  observations,
  settlements,
} as const;
