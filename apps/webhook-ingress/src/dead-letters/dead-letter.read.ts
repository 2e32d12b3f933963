import { Injectable } from '@nestjs/common';
import { Database } from '@defter/platform';

/** A message that a consumer couldn't handle. */
export interface DeadLetter {
  readonly id: string;
  readonly topic: string;
  readonly consumer: string;
  readonly reason: string;
  readonly eventId: string | null;
  readonly requestId: string | null;
  readonly diedAt: Date;
  /** A replay has sent its event again. */
  readonly replayed: boolean;
}

/** Which dead letters a list has, newest first. */
export interface DeadLetterFilter {
  readonly tenantId: string;
  readonly consumer?: string | undefined;
  readonly topic?: string | undefined;
  readonly replayed?: boolean | undefined;
  readonly before: string;
  readonly limit: number;
}

const COLUMNS = `
  letter.id, letter.topic, letter.consumer, letter.reason, letter.event_id as "eventId",
  letter.request_id as "requestId", letter.died_at as "diedAt"`;
const REPLAYED = `exists (select from replay_item item where item.tenant_id = letter.tenant_id
  and item.dead_letter_id = letter.id and item.outcome = 'published')`;

/** Reads dead letters; only the caller's tenant's exist. */
@Injectable()
export class DeadLetters {
  constructor(private readonly database: Database) {}

  async list(filter: DeadLetterFilter): Promise<DeadLetter[]> {
    const { tenantId, consumer = null, topic = null, replayed = null, before, limit } = filter;
    return this.database.query<DeadLetter>(
      `select ${COLUMNS}, ${REPLAYED} as replayed from dead_letter letter
       where letter.tenant_id = $1 and letter.id < $2 and ($3::text is null or letter.consumer = $3)
         and ($4::text is null or letter.topic = $4) and ($5::bool is null or ${REPLAYED} = $5)
       order by letter.id desc limit $6`,
      [tenantId, before, consumer, topic, replayed, limit],
    );
  }

  /** These, in the order of their ids. */
  async findAll(tenantId: string, ids: readonly string[]): Promise<DeadLetter[]> {
    return this.database.query<DeadLetter>(
      `select ${COLUMNS}, ${REPLAYED} as replayed from dead_letter letter
       where letter.tenant_id = $1 and letter.id = any ($2) order by letter.id`,
      [tenantId, ids],
    );
  }
}
