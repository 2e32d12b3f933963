import { Injectable } from '@nestjs/common';
import type { Transaction } from '@defter/platform';
import { agedKeys, type Classified, payoutKeys } from '@defter/reconciliation-domain';
import { FindingRecorder, type Sighting } from '../finding-recorder.js';
import { type LiveFinding, liveFindings } from '../live-findings.read.js';

/** What stands still, at whose account of which provider. */
export interface Standing {
  readonly provider: string;
  readonly connectionId: string;
  readonly classified: Classified;
}

type StandingType = 'payout_stuck' | 'unknown_operation_aged';

const keysOf = (type: StandingType, { raw }: LiveFinding): readonly string[] =>
  type === 'payout_stuck' ? payoutKeys(String(raw['payoutId'])) : agedKeys(String(raw['operationId']));

/** Keeps the findings of what stands still: raised while it does, closed when it moves again. */
@Injectable()
export class StandingFindings {
  constructor(private readonly findings: FindingRecorder) {}

  /** `seen` is everything of this type that stands still now. @returns how many were closed */
  async keep(
    tx: Transaction,
    seeing: Omit<Sighting, 'provider' | 'connectionId'>,
    type: StandingType,
    seen: readonly Standing[],
  ): Promise<number> {
    for (const [sighting, classified] of byConnection(seeing, seen))
      await this.findings.observe(tx, sighting, classified);
    let closed = 0;
    const names = new Set(seen.map(({ classified }) => classified.keys.join()));
    for (const finding of await liveFindings(tx, seeing.tenantId, type)) {
      const keys = keysOf(type, finding);
      if (names.has(keys.join())) continue;
      const sighting = { ...seeing, provider: finding.provider, connectionId: finding.connection_id };
      closed += await this.findings.close(tx, sighting, [{ findingType: type, keys }]);
    }
    return closed;
  }
}

function byConnection(
  seeing: Omit<Sighting, 'provider' | 'connectionId'>,
  seen: readonly Standing[],
): [Sighting, Classified[]][] {
  const groups = new Map<string, [Sighting, Classified[]]>();
  for (const { provider, connectionId, classified } of seen) {
    const name = `${provider}/${connectionId}`;
    const group = groups.get(name) ?? [{ ...seeing, provider, connectionId }, []];
    group[1].push(classified);
    groups.set(name, group);
  }
  return [...groups.values()];
}
