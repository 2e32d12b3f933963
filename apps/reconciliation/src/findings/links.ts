import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import { type Caller, CLOCK, type Transaction } from '@defter/platform';
import { decide, familyOf } from '@defter/reconciliation-domain';
import type { FindingRecord } from './finding.js';
import { Findings, type Handled } from './findings.js';

export type LinkRefusal = {
  readonly code: 'line-missing' | 'operation-unknown' | 'operation-taken' | 'line-taken' | 'link-missing';
};

/** What a person says about a line that nobody knows. */
interface Link {
  readonly operationId: string;
  readonly note: string;
}

/** A finding's line, as its facts have it. */
interface Line {
  readonly key: string;
  readonly leg: string;
  readonly kind: string;
}

const OPERATION = `
  select o.family,
         exists (select from match m where m.tenant_id = $1 and m.operation_id = $2 and m.leg = $5)
           or exists (select from manual_link k where k.tenant_id = $1 and k.operation_id = $2 and k.leg = $5
                        and k.revoked_at is null)
           as taken,
         exists (select from manual_link k where k.tenant_id = $1 and k.provider = $3 and k.connection_id = $4
                    and k.line_key = $6 and k.revoked_at is null) as linked
    from operation o
   where o.tenant_id = $1 and o.operation_id = $2 and o.provider = $3 and o.connection_id = $4`;

/** Two people at once: the keys decide, and the second one's words are refused. */
const INSERT = `
  insert into manual_link (tenant_id, operation_id, provider, connection_id, leg, line_key, finding_id,
    linked_by, note, linked_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing returning line_key`;

/** The row stays: who said what, and who took it back. */
const REVOKE = `
  update manual_link set revoked_at = $3, revoked_by = $4, revoke_note = $5
   where tenant_id = $1 and finding_id = $2 and revoked_at is null`;

const LINKED = `
  select operation_id from manual_link where tenant_id = $1 and finding_id = $2 and revoked_at is null`;

/** What a run under way makes of the link all the same, the next run lets go of. */
const FORGET_MATCH = `
  delete from match m using manual_link k
   where k.tenant_id = $1 and k.finding_id = $2 and k.revoked_at is null
     and m.tenant_id = $1 and m.operation_id = k.operation_id and m.leg = k.leg
     and m.line_key = k.line_key and m.pass = 0`;

/** A person links a line to an operation; the next run matches them before it looks for others. */
@Injectable()
export class Links {
  constructor(
    private readonly findings: Findings,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  link(caller: Caller, findingId: string, { operationId, note }: Link): Promise<Handled<LinkRefusal>> {
    const { tenantId, actor: by, kind } = caller;
    const command = { type: 'Link', by, isPerson: kind === 'person', operationId, note } as const;
    return this.findings.handleWith<LinkRefusal>(tenantId, findingId, async ({ record, state }, tx) => {
      // What is refused anyway leaves no link behind.
      if (!decide(command, state).accepted) return { command };
      const line = lineOf(record);
      const code = line === undefined ? 'line-missing' : await this.keep(tx, record, line, command);
      return code === undefined ? { command } : { refusal: { code } };
    });
  }

  /** Takes the link of a finding's line back; the next run sees both sides as they are without it. */
  unlink(caller: Caller, findingId: string, note: string): Promise<Handled<LinkRefusal>> {
    const { tenantId, actor: by, kind } = caller;
    return this.findings.handleWith<LinkRefusal>(tenantId, findingId, async ({ record, state }, tx) => {
      const names = [tenantId, record.id];
      const [link] = await tx.query<{ operation_id: string }>(LINKED, names);
      if (link === undefined) return { refusal: { code: 'link-missing' } };
      const { operation_id: operationId } = link;
      const command = { type: 'Unlink', by, isPerson: kind === 'person', operationId, note } as const;
      if (!decide(command, state).accepted) return { command };
      await tx.query(FORGET_MATCH, names);
      await tx.query(REVOKE, [...names, this.clock.now(), by, note]);
      return { command };
    });
  }

  private async keep(
    tx: Transaction,
    { tenant_id, provider, connection_id, id }: FindingRecord,
    { key, leg, kind }: Line,
    { operationId, by, note }: Link & { readonly by: string },
  ): Promise<LinkRefusal['code'] | undefined> {
    const names = [tenant_id, operationId, provider, connection_id, leg, key];
    const [operation] = await tx.query<{ family: string; taken: boolean; linked: boolean }>(OPERATION, names);
    if (operation === undefined || operation.family !== familyOf(kind)) return 'operation-unknown';
    if (operation.linked) return 'line-taken';
    if (operation.taken) return 'operation-taken';
    const linked = await tx.query(INSERT, [...names, id, by, note, this.clock.now()]);
    return linked.length === 0 ? 'operation-taken' : undefined;
  }
}

const lineOf = ({ raw }: FindingRecord): Line | undefined => (raw as { readonly line?: Line }).line;
