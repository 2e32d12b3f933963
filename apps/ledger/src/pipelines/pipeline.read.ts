import { Injectable } from '@nestjs/common';
import { Database } from '@defter/platform';

/** A replay and how far it is. */
export interface PipelineState {
  readonly id: string;
  readonly ledger: string;
  readonly topic: string;
  readonly from: number;
  readonly to: number | null;
  readonly running: boolean;
  /** The last event that went out; the one before `from` when none did. */
  readonly sequence: number;
  /** The ledger's last event. */
  readonly head: number;
  readonly createdAt: Date;
}

const SELECT = `
select p.pipeline_id as id, ledger.name as ledger, p.topic, p.from_sequence::float8 as "from",
  p.to_sequence::float8 as "to", p.running, c.sequence::float8 as sequence, head.sequence::float8 as head,
  p.created_at as "createdAt"
from pipeline p
join ledger using (ledger_id)
join ledger_head head using (ledger_id)
join relay_checkpoint c on c.ledger_id = p.ledger_id and c.relay = 'pipeline ' || p.pipeline_id
where p.ledger_id = $1`;

@Injectable()
export class PipelineReader {
  constructor(private readonly database: Database) {}

  async find(ledgerId: number, id: string): Promise<PipelineState | undefined> {
    const [row] = await this.database.query<PipelineState>(`${SELECT} and p.pipeline_id = $2`, [
      ledgerId,
      id,
    ]);
    return row;
  }

  /** In the order of the id. */
  list(
    ledgerId: number,
    { after, limit }: { after: string | undefined; limit: number },
  ): Promise<PipelineState[]> {
    const sql = `${SELECT} and p.pipeline_id > $2 order by p.pipeline_id limit $3`;
    return this.database.query<PipelineState>(sql, [ledgerId, after ?? '', limit]);
  }
}
