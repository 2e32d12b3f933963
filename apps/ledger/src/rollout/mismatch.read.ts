import { Injectable } from '@nestjs/common';
import { Database } from '@defter/platform';
import type { MismatchKind } from '../mismatch-rows.js';

/** A mismatch as it was listed. */
export interface MismatchEntry {
  readonly sequence: number;
  readonly part: number;
  readonly kind: MismatchKind;
  readonly origin: 'command' | 'comparison';
  readonly transactionId: number | null;
  readonly account: string | null;
  readonly asset: string | null;
  readonly expected: string | null;
  readonly actual: string | null;
  readonly refusal: Readonly<Record<string, string>> | null;
  readonly recordedAt: string;
}

const SELECT = `
select sequence::float8 as sequence, part, kind, origin, transaction_id::float8 as "transactionId",
  account, asset, expected, actual, refusal,
  to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "recordedAt"
from mismatch
where ledger_id = $1 and (sequence, part) < ($2, $3) and ($4::text is null or kind = $4)
order by sequence desc, part desc limit $5`;

const LAST = '9223372036854775807';

/** A place in the list: behind it come earlier ones. */
export type MismatchPlace = readonly [sequence: number, part: number];

/** Mismatches, the newest first. */
@Injectable()
export class MismatchReader {
  constructor(private readonly database: Database) {}

  list(
    ledgerId: number,
    { before, kind, limit }: { before: MismatchPlace | undefined; kind: string | undefined; limit: number },
  ): Promise<readonly MismatchEntry[]> {
    const [sequence, part] = before ?? [LAST, 0];
    return this.database.query<MismatchEntry>(SELECT, [ledgerId, sequence, part, kind ?? null, limit]);
  }
}
