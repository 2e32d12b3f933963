import { Injectable } from '@nestjs/common';
import { isId } from '@defter/kernel';
import { Database, notFound } from '@defter/platform';
import { type Replay, REPLAY_COLUMNS } from './replay.js';

const LIMIT = 100;

/** Reads replays; only the caller's tenant's exist. */
@Injectable()
export class Replays {
  constructor(private readonly database: Database) {}

  /** @throws ProblemException 404 */
  async get(tenantId: string, id: string): Promise<Replay> {
    const [row] = isId('run', id)
      ? await this.database.query<Replay>(
          `select ${REPLAY_COLUMNS} from webhook_replay where tenant_id = $1 and id = $2`,
          [tenantId, id],
        )
      : [];
    if (row === undefined) throw notFound();
    return row;
  }

  /** The newest of an endpoint. */
  ofEndpoint(tenantId: string, endpointId: string): Promise<Replay[]> {
    return this.database.query<Replay>(
      `select ${REPLAY_COLUMNS} from webhook_replay
        where tenant_id = $1 and endpoint_id = $2 order by id desc limit ${LIMIT}`,
      [tenantId, endpointId],
    );
  }
}
