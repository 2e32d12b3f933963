import { Injectable } from '@nestjs/common';
import { Database } from '@defter/platform';

/** How often a signing key has verified a request. */
export interface KeyUseRow {
  readonly connectionId: string;
  readonly keyId: string;
  readonly uses: bigint;
  readonly firstUsedAt: Date;
  readonly lastUsedAt: Date;
}

/** Reads the use of a tenant's keys; up to two seconds behind. */
@Injectable()
export class KeyUse {
  constructor(private readonly database: Database) {}

  ofTenant(tenantId: string): Promise<KeyUseRow[]> {
    return this.database.query<KeyUseRow>(
      `select connection_id as "connectionId", key_id as "keyId", uses, first_used_at as "firstUsedAt",
         last_used_at as "lastUsedAt"
       from signing_key_use where tenant_id = $1`,
      [tenantId],
    );
  }
}
