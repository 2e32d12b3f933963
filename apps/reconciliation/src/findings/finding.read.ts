import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import {
  type Caller,
  CLOCK,
  Database,
  decodeCursor,
  encodeCursor,
  page,
  parsePageSize,
} from '@defter/platform';
import type { FindingDetail, FindingPage } from '@defter/reconciliation-contracts';
import { allowedActions } from './allowed-actions.js';
import { atStakeOf } from './entry-rules.js';
import { type FindingRecord, stateOf } from './finding.js';
import { proposalsOf, toOpenProposal } from './proposal-row.js';
import { toProposalView } from './proposal-view.js';
import { isFindingId, type ListFindingsQuery, toFindingView } from './finding.wire.js';

interface Place {
  readonly at: string;
  readonly id: string;
}
interface ChangeRow {
  readonly version: number;
  readonly event: unknown;
  readonly status: string;
  readonly changed_at: Date;
}

const FIND = `select * from finding where tenant_id = $1 and id = $2`;
const HISTORY = `
  select version, event, status, changed_at from finding_change
   where tenant_id = $1 and finding_id = $2 order by version`;

const SNAPSHOT = { isolation: 'repeatable read' } as const;

/**
 * The tenant's findings. Only the filters that are given stand in the statement, so that each finds its
 * index.
 */
@Injectable()
export class ReadFindings {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Newest first. @throws ProblemException 400 for a cursor of another list */
  async list(tenantId: string, query: ListFindingsQuery): Promise<FindingPage> {
    const { status, risk, provider, type, cursor, page_size } = query;
    const filters = { status, severity: risk, provider, finding_type: type };
    const kind = `findings ${JSON.stringify(filters)}`;
    const size = parsePageSize(page_size, 20, 100, 'page_size');
    const parameters: unknown[] = [tenantId];
    const conditions = ['tenant_id = $1'];
    for (const [column, value] of Object.entries(filters)) {
      if (value !== undefined) conditions.push(`${column} = $${parameters.push(value)}`);
    }
    if (cursor !== undefined) {
      const { at, id } = decodeCursor(kind, cursor, parsePlace);
      conditions.push(`(first_seen_at, id) < ($${parameters.push(at)}, $${parameters.push(id)})`);
    }
    const sql = `select * from finding where ${conditions.join(' and ')}
                  order by first_seen_at desc, id desc limit $${parameters.push(size + 1)}`;
    const rows = await this.database.query<FindingRecord>(sql, parameters);
    const cursorAfter = ({ first_seen_at: at, id }: FindingRecord): string =>
      encodeCursor(kind, { at: at.toISOString(), id });
    return page(rows, size, { of: toFindingView, cursorAfter });
  }

  /**
   * One finding with its history, its proposals, and what this caller may do; nothing where it isn't this
   * tenant's.
   */
  async find(caller: Caller, id: string): Promise<FindingDetail | undefined> {
    const { tenantId } = caller;
    if (!isFindingId(id)) return undefined;
    // One snapshot: the finding names its open proposal.
    const whole = await this.database.transaction(async (tx) => {
      const [finding] = await tx.query<FindingRecord>(FIND, [tenantId, id]);
      if (finding === undefined) return undefined;
      const changes = await tx.query<ChangeRow>(HISTORY, [tenantId, id]);
      return { finding, changes, proposals: await proposalsOf(tx, tenantId, id) };
    }, SNAPSHOT);
    if (whole === undefined) return undefined;
    const { finding, changes, proposals } = whole;
    const open = proposals.find(({ proposal_id }) => proposal_id === finding.proposal_id);
    const state = stateOf(finding, open && toOpenProposal(open));
    const stake = atStakeOf(finding);
    const limit = stake === undefined ? undefined : stake.difference - state.corrected;
    const asking = { caller, now: this.clock.now().getTime() };
    return {
      ...toFindingView(finding),
      correctable: stake === undefined ? null : { amount_minor: `${limit}`, asset: stake.asset },
      corrected_minor: finding.corrected,
      proposals: proposals.map(toProposalView),
      allowed_actions: allowedActions({ finding, state, proposals, limit }, asking),
      history: changes.map((change) => ({ ...change, changed_at: change.changed_at.toISOString() })),
    };
  }
}

function parsePlace(place: unknown): Place {
  const { at, id } = place as Partial<Place>;
  if (typeof at !== 'string' || typeof id !== 'string' || Number.isNaN(Date.parse(at)))
    throw new Error('no place');
  return { at, id };
}
