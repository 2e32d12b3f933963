import { Injectable } from '@nestjs/common';
import { Database } from '@defter/platform';

/** How many requests were refused in an hour. */
export interface RefusalRow {
  readonly provider: string;
  readonly connectionId: string;
  readonly reason: string;
  readonly hourAt: Date;
  readonly refused: bigint;
}

/** One of them, as an example. */
export interface SampleRow {
  readonly connectionId: string;
  readonly reason: string;
  readonly source: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly bodyLength: number;
  readonly refusedAt: Date;
}

const maxRows = 500;
const maxSamples = 20;

/** Reads what was refused; only the caller's tenant's connections exist. */
@Injectable()
export class Refusals {
  constructor(private readonly database: Database) {}

  /** The last hours, newest first. */
  counts(tenantId: string): Promise<RefusalRow[]> {
    return this.database.query<RefusalRow>(
      `select provider, connection_id as "connectionId", reason, hour_at as "hourAt", refused
       from webhook_refusal where tenant_id = $1 order by hour_at desc, refused desc limit ${maxRows}`,
      [tenantId],
    );
  }

  /** The newest examples. */
  samples(tenantId: string): Promise<SampleRow[]> {
    return this.database.query<SampleRow>(
      `select connection_id as "connectionId", reason, source, path, headers, body,
         body_length as "bodyLength", refused_at as "refusedAt"
       from webhook_refusal_sample where tenant_id = $1 order by refused_at desc limit ${maxSamples}`,
      [tenantId],
    );
  }
}
