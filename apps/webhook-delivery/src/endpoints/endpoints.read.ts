import { Injectable } from '@nestjs/common';
import { isId } from '@defter/kernel';
import { Database, notFound } from '@defter/platform';
import type { Endpoint, SecretInfo } from './endpoint.js';

const COLUMNS = `
  id, url, description, event_types as "eventTypes", header_names as "headerNames", concurrency, status,
  disabled_reason as "disabledReason", disabled_at as "disabledAt", failing_since as "failingSince",
  created_at as "createdAt", updated_at as "updatedAt"`;

/** Above every id. */
const NEWEST = '~';

/** Reads endpoints; only the caller's tenant's exist, and deleted ones don't. */
@Injectable()
export class Endpoints {
  constructor(private readonly database: Database) {}

  /** Newest first. */
  list(tenantId: string, before = NEWEST, limit = 100): Promise<Endpoint[]> {
    return this.database.query<Endpoint>(
      `select ${COLUMNS} from webhook_endpoint
        where tenant_id = $1 and id < $2 and status <> 'deleted' order by id desc limit $3`,
      [tenantId, before, limit],
    );
  }

  /** @throws ProblemException 404 */
  async get(tenantId: string, id: string): Promise<Endpoint> {
    const [row] = isId('whe', id)
      ? await this.database.query<Endpoint>(
          `select ${COLUMNS} from webhook_endpoint
            where tenant_id = $1 and id = $2 and status <> 'deleted'`,
          [tenantId, id],
        )
      : [];
    if (row === undefined) throw notFound();
    return row;
  }

  /** Secrets that sign now, of these endpoints, newest first. */
  secretsOf(tenantId: string, endpointIds: readonly string[]): Promise<SecretInfo[]> {
    return this.database.query<SecretInfo>(
      `select endpoint_id as "endpointId", id, scheme, public_key as "publicKey", created_at as "createdAt",
              expires_at as "expiresAt"
         from webhook_secret
        where tenant_id = $1 and endpoint_id = any($2) and (expires_at is null or expires_at > now())
        order by id desc`,
      [tenantId, endpointIds],
    );
  }
}
