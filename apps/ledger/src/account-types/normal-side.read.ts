import { Injectable } from '@nestjs/common';
import { AccountTypes, type NormalSide } from '@defter/ledger-domain';
import { Database } from '@defter/platform';

// A pattern that is no exact address holds a star; how patterns win over each other is for the domain to say.
const CANDIDATES = `
select pattern, normal_side as "normalSide" from account_type
where ledger_id = $1 and (pattern = $2 or strpos(pattern, '*') > 0)`;

/** On which side accounts grow, by their types. */
@Injectable()
export class NormalSides {
  constructor(private readonly database: Database) {}

  async of(ledgerId: number, address: string): Promise<NormalSide> {
    const rows = await this.database.query<{ pattern: string; normalSide: NormalSide }>(CANDIDATES, [
      ledgerId,
      address,
    ]);
    const types = new AccountTypes(rows.map((row) => ({ ...row, overdraft: 0n, closed: false })));
    return types.of(address)?.normalSide ?? 'credit';
  }
}

/** What the balance of a debit-normal account shows beside the usual members: the balance on its side. */
export const sideView = (
  side: NormalSide,
  posted: bigint,
): { readonly normalSide?: 'debit'; readonly normalBalance?: bigint } =>
  side === 'credit' ? {} : { normalSide: side, normalBalance: -posted };
