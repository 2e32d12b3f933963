import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import { CLOCK, Database, enqueue, type Transaction } from '@defter/platform';
import {
  type Classified,
  decide,
  evolve,
  type Finding,
  type FindingCommand,
  type FindingRefusal,
  noFinding,
} from '@defter/reconciliation-domain';
import { chunks } from '../columns.js';
import { FindingRecorder, type Recorded, type Sighting } from '../finding-recorder.js';
import { toFindingMessage } from '../publishing/finding.message.js';
import { amended, evidenceOf, findingIdOf, type FindingRecord, identityOf, seenAgain } from './finding.js';
import { isFindingId } from './finding.wire.js';
import { type FindingChange, type KnownFinding, lockFindings, saveFindings } from './finding-store.js';
import { isProposalEvent, keepProposalEvent, type ProposalContent } from './proposal-store.js';

const ROWS_PER_STATEMENT = 1_000;

/** Those that somebody or something works on, and those whose correction stands. */
const WATCHED = `(corrected > 0
  or status in ('open', 'acknowledged', 'in_progress', 'proposed', 'reopened'))`;
const STILL_THERE = `
  update finding set last_seen_by = $2 where tenant_id = $1 and id = any ($3) and ${WATCHED}`;
const UNSEEN = `
  select id from finding
   where tenant_id = $1 and provider = $2 and connection_id = $3 and ${WATCHED} and origin = $4
     and last_seen_by <> $5 and not is_gone and id > $7
     and ($6::date is null or business_on is null or business_on <= $6)
   order by id limit ${ROWS_PER_STATEMENT}`;

/** What is to be decided, once the finding is known; or that it isn't even asked. */
export type Plan<R> =
  { readonly command: FindingCommand; readonly content?: ProposalContent } | { readonly refusal: R };

export type Handled<R = never> =
  | { readonly accepted: true; readonly finding: FindingRecord }
  | { readonly accepted: false; readonly refusal: FindingRefusal | R };

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
  handle(tenantId: string, id: string, command: FindingCommand): Promise<Handled> {
    return this.handleWith(tenantId, id, () => Promise.resolve({ command }));
  }

  /** The same for a command that depends on the finding; `plan` sees it locked. */
  async handleWith<R = never>(
    tenantId: string,
    id: string,
    plan: (known: KnownFinding, tx: Transaction) => Promise<Plan<R>>,
  ): Promise<Handled<R>> {
    if (!isFindingId(id)) return { accepted: false, refusal: { code: 'finding-unknown' } };
    return this.database.transaction(async (tx) => {
      const known = (await lockFindings(tx, tenantId, [id])).get(id);
      if (known === undefined) return { accepted: false, refusal: { code: 'finding-unknown' } };
      const planned = await plan(known, tx);
      if ('refusal' in planned) return { accepted: false, refusal: planned.refusal };
      const decision = decide(planned.command, known.state);
      if (!decision.accepted) return { ...decision, refusal: saying(decision.refusal, known.record) };
      const { record, changes } = apply(known.record, decision.events, this.clock.now(), known.state);
      await this.save(tx, tenantId, { records: [record], changes, content: planned.content });
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
        const applied = seenOnce(known.get(id), sighting, classified);
        records.push(applied.record);
        changes.push(...applied.changes);
      }
      for (const { event } of changes) {
        if (event.type === 'FindingRaised') counts.raised++;
        if (event.type === 'FindingCameBack') counts.reopened++;
        if (event.type === 'FindingFactsChanged') counts.changed++;
      }
      await this.save(tx, sighting.tenantId, { records, changes });
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
    for (let after = ''; ;) {
      const ids = (await tx.query<{ id: string }>(UNSEEN, [...scope, after])).map(({ id }) => id);
      const last = ids.at(-1);
      if (last === undefined) return closed;
      after = last;
      closed += await this.vanish(tx, sighting, ids);
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
    for (const { record, state } of (await lockFindings(tx, tenantId, ids)).values()) {
      const decision = decide({ type: 'Vanish', cause }, state);
      if (!decision.accepted || decision.events.length === 0) continue;
      const applied = apply(record, decision.events, at, state);
      records.push(applied.record);
      changes.push(...applied.changes);
    }
    await this.save(tx, tenantId, { records, changes });
    return changes.filter(({ event }) => event.type === 'FindingAutoResolved').length;
  }

  private async save(
    tx: Transaction,
    tenantId: string,
    { records, changes, content }: Written,
  ): Promise<void> {
    await saveFindings(tx, tenantId, records, changes);
    for (const { finding, event, at } of changes) {
      if (!isProposalEvent(event)) continue;
      const { id: findingId, evidence } = finding;
      await keepProposalEvent(tx, event, { tenantId, findingId, evidence, at, content });
    }
    await enqueue(
      tx,
      changes.map(({ finding, event }) => toFindingMessage(finding, event)),
    );
  }
}

/** Of a finding that somebody or something has closed: how, by whom and when. */
function saying(refusal: FindingRefusal, record: FindingRecord): FindingRefusal {
  if (refusal.code !== 'finding-closed') return refusal;
  const { closed_by: by, closed_at, resolution, resolution_note: note } = record;
  return { ...refusal, ...{ by, at: closed_at?.toISOString() ?? null, resolution, note } };
}

/** Findings as they stand now, what happened to them, and a proposal's entries where there is one. */
interface Written {
  readonly records: readonly FindingRecord[];
  readonly changes: readonly FindingChange[];
  readonly content?: ProposalContent | undefined;
}

type Events = Extract<ReturnType<typeof decide>, { accepted: true }>['events'];

function seenOnce(known: KnownFinding | undefined, sighting: Sighting, seen: Classified): Applied {
  const { findingType, severity, raw } = seen;
  const evidence = evidenceOf(raw);
  const before = known?.state ?? noFinding;
  const decision = decide(
    { type: 'Observe', findingType, severity, evidence, cause: sighting.cause },
    before,
  );
  const events = decision.accepted ? decision.events : [];
  return apply(seenAgain(known?.record, sighting, seen), events, sighting.at, before);
}

interface Applied {
  readonly record: FindingRecord;
  readonly changes: FindingChange[];
}

function apply(record: FindingRecord, events: Events, at: Date, before: Finding): Applied {
  const changes: FindingChange[] = [];
  let [current, state] = [record, before];
  for (const event of events) {
    state = evolve(state, event);
    current = amended(current, state, event, at);
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
