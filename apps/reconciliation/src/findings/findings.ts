import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import { CLOCK, Database, enqueue, type Transaction } from '@defter/platform';
import {
  type Classified,
  decide,
  type FindingCommand,
  type FindingRefusal,
} from '@defter/reconciliation-domain';
import { chunks } from '../columns.js';
import { FindingRecorder, type Recorded, type Sighting } from '../finding-recorder.js';
import { toFindingMessage } from '../publishing/finding.message.js';
import {
  amended,
  evidenceOf,
  findingIdOf,
  type FindingRecord,
  identityOf,
  seenAgain,
  stateOf,
} from './finding.js';
import { isFindingId } from './finding.wire.js';
import { type FindingChange, lockFindings, saveFindings } from './finding-store.js';

const ROWS_PER_STATEMENT = 1_000;

const LIVE = `status in ('open', 'acknowledged', 'in_progress', 'proposed', 'reopened')`;
const STILL_THERE = `
  update finding set last_seen_by = $2 where tenant_id = $1 and id = any ($3) and ${LIVE}`;
const UNSEEN = `
  select id from finding
   where tenant_id = $1 and provider = $2 and connection_id = $3 and ${LIVE} and origin = $4
     and last_seen_by <> $5
     and ($6::date is null or business_on is null or business_on <= $6)
   order by id limit ${ROWS_PER_STATEMENT}`;

type Handled =
  | { readonly accepted: true; readonly finding: FindingRecord }
  | { readonly accepted: false; readonly refusal: FindingRefusal };

/** Decides what happens to findings, and writes state, history and message in one transaction. */
@Injectable()
export class Findings extends FindingRecorder {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    super();
  }

  /** A person's or machine's command. Another tenant's finding looks as if it did not exist. */
  async handle(tenantId: string, id: string, command: FindingCommand): Promise<Handled> {
    if (!isFindingId(id)) return { accepted: false, refusal: { code: 'finding-unknown' } };
    return this.database.transaction(async (tx) => {
      const known = (await lockFindings(tx, tenantId, [id])).get(id);
      const decision = decide(command, stateOf(known));
      if (!decision.accepted) return decision;
      if (known === undefined) return { accepted: false, refusal: { code: 'finding-unknown' } };
      const { record, changes } = apply(known, decision.events, this.clock.now());
      await this.save(tx, tenantId, [record], changes);
      return { accepted: true, finding: record };
    });
  }

  async observe(tx: Transaction, sighting: Sighting, seen: readonly Classified[]): Promise<Recorded> {
    const counts = { raised: 0, reopened: 0, changed: 0 };
    for (const part of chunks(unique(sighting, seen), ROWS_PER_STATEMENT)) {
      const known = await lockFindings(
        tx,
        sighting.tenantId,
        part.map(({ id }) => id),
      );
      const records: FindingRecord[] = [];
      const changes: FindingChange[] = [];
      for (const { id, classified } of part) {
        const before = stateOf(known.get(id));
        const { findingType, severity, raw } = classified;
        const evidence = evidenceOf(raw);
        const decision = decide(
          { type: 'Observe', findingType, severity, evidence, cause: sighting.cause },
          before,
        );
        const events = decision.accepted ? decision.events : [];
        const applied = apply(seenAgain(known.get(id), sighting, classified), events, sighting.at, before);
        records.push(applied.record);
        changes.push(...applied.changes);
      }
      for (const { event } of changes) {
        if (event.type === 'FindingRaised') counts.raised++;
        if (event.type === 'FindingCameBack') counts.reopened++;
        if (event.type === 'FindingFactsChanged') counts.changed++;
      }
      await this.save(tx, sighting.tenantId, records, changes);
    }
    return counts;
  }

  async stillThere(tx: Transaction, sighting: Sighting, seen: readonly Classified[]): Promise<void> {
    const ids = unique(sighting, seen).map(({ id }) => id);
    if (ids.length > 0) await tx.query(STILL_THERE, [sighting.tenantId, sighting.cause, ids]);
  }

  async closeUnseen(tx: Transaction, sighting: Sighting, businessOn: string | null): Promise<number> {
    const { tenantId, provider, connectionId, origin, cause } = sighting;
    const scope = [tenantId, provider, connectionId, origin, cause, businessOn];
    let closed = 0;
    for (;;) {
      // Closed ones are no longer live, so each round finds the next.
      const rows = await tx.query<{ id: string }>(UNSEEN, scope);
      if (rows.length === 0) return closed;
      closed += await this.vanish(
        tx,
        sighting,
        rows.map(({ id }) => id),
      );
    }
  }

  async close(
    tx: Transaction,
    sighting: Sighting,
    gone: readonly Pick<Classified, 'findingType' | 'keys'>[],
  ): Promise<number> {
    if (gone.length === 0) return 0;
    return this.vanish(
      tx,
      sighting,
      gone.map((seen) => findingIdOf(identityOf(sighting, seen))),
    );
  }

  private async vanish(
    tx: Transaction,
    { tenantId, cause, at }: Sighting,
    ids: readonly string[],
  ): Promise<number> {
    const records: FindingRecord[] = [];
    const changes: FindingChange[] = [];
    for (const known of (await lockFindings(tx, tenantId, ids)).values()) {
      const decision = decide({ type: 'Vanish', cause }, stateOf(known));
      if (!decision.accepted || decision.events.length === 0) continue;
      const applied = apply(known, decision.events, at);
      records.push(applied.record);
      changes.push(...applied.changes);
    }
    await this.save(tx, tenantId, records, changes);
    return changes.length;
  }

  private async save(
    tx: Transaction,
    tenantId: string,
    records: readonly FindingRecord[],
    changes: readonly FindingChange[],
  ): Promise<void> {
    await saveFindings(tx, tenantId, records, changes);
    await enqueue(
      tx,
      changes.map(({ finding, event }) => toFindingMessage(finding, event)),
    );
  }
}

type Events = Extract<ReturnType<typeof decide>, { accepted: true }>['events'];

function apply(
  record: FindingRecord,
  events: Events,
  at: Date,
  before = stateOf(record),
): { record: FindingRecord; changes: FindingChange[] } {
  const changes: FindingChange[] = [];
  let [current, state] = [record, before];
  for (const event of events) {
    current = amended(current, state, event, at);
    state = stateOf(current);
    changes.push({ finding: current, event, at });
  }
  return { record: current, changes };
}

/** Each finding once, in the order of ids: everybody locks them in that order. */
function unique(sighting: Sighting, seen: readonly Classified[]): { id: string; classified: Classified }[] {
  const byId = new Map(seen.map((classified) => [findingIdOf(identityOf(sighting, classified)), classified]));
  return [...byId]
    .map(([id, classified]) => ({ id, classified }))
    .sort((left, right) => (left.id < right.id ? -1 : 1));
}
