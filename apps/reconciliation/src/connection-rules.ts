import { Injectable } from '@nestjs/common';
import { Database } from '@defter/platform';
import type { ConnectionName } from './connections.js';

/** How a connection is reconciled, where it isn't as usual. */
export interface ConnectionRule {
  readonly settlement_lag_ms: bigint | null;
  readonly mapping: unknown;
}

const FIND = `
  select settlement_lag_ms, mapping from connection_rule
   where tenant_id = $1 and provider = $2 and connection_id = $3`;

const KEEP = `
  insert into connection_rule (tenant_id, provider, connection_id, settlement_lag_ms, mapping, changed_by,
    changed_at)
  values ($1, $2, $3, $4, $5, $6, clock_timestamp())
  on conflict (tenant_id, provider, connection_id) do update set
    settlement_lag_ms = excluded.settlement_lag_ms, mapping = excluded.mapping,
    changed_by = excluded.changed_by, changed_at = excluded.changed_at`;

@Injectable()
export class ConnectionRules {
  constructor(private readonly database: Database) {}

  /** The connection's rule; nothing of it is set where none was kept. */
  async of({ tenantId, provider, connectionId }: ConnectionName): Promise<ConnectionRule> {
    const [rule] = await this.database.query<ConnectionRule>(FIND, [tenantId, provider, connectionId]);
    return rule ?? { settlement_lag_ms: null, mapping: null };
  }

  async keep(of: ConnectionName, rule: ConnectionRule, by: string): Promise<void> {
    const mapping = rule.mapping === null ? null : JSON.stringify(rule.mapping);
    const name = [of.tenantId, of.provider, of.connectionId];
    await this.database.query(KEEP, [...name, rule.settlement_lag_ms, mapping, by]);
  }
}
