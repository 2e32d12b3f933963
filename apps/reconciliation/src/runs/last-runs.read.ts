import { Injectable } from '@nestjs/common';
import { Database } from '@defter/platform';
import type { RunView } from '@defter/reconciliation-contracts';
import { RUN_COLUMNS, type RunRow } from './run.js';
import { toRunView } from './run.wire.js';

const LAST = `
  select last.* from reconciled_connection c
    cross join lateral (
      select ${RUN_COLUMNS} from run r
       where r.tenant_id = $1 and r.provider = c.provider and r.connection_id = c.connection_id
         and r.status = 'completed'
       order by r.run_id desc limit 1) last
   where c.tenant_id = $1 order by last.provider, last.connection_id`;

/** The last completed run of each of the tenant's connections. */
@Injectable()
export class LastRuns {
  constructor(private readonly database: Database) {}

  async ofEachConnection(tenantId: string): Promise<RunView[]> {
    return (await this.database.query<RunRow>(LAST, [tenantId])).map(toRunView);
  }
}
