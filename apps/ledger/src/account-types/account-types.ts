import { Injectable } from '@nestjs/common';
import type { AccountType, NormalSide } from '@defter/ledger-domain';
import { Database, ProblemException, type Queryable } from '@defter/platform';
import { requestProblems } from '../ledger.problems.js';
import { changeRules } from '../rule-change.js';

/** Every replica keeps a ledger's types in memory, and reads them anew when one changes. */
const MAX_TYPES = 10_000;

interface TypeRow {
  pattern: string;
  normalSide: NormalSide;
  overdraft: string | null;
  closed: boolean;
}

const SELECT = `
select pattern, normal_side as "normalSide", overdraft, closed from account_type where ledger_id = $1`;

const COUNT = 'select count(*)::integer as count from account_type where ledger_id = $1';

const PUT = `
insert into account_type (ledger_id, pattern, normal_side, overdraft, closed)
values ($1, unnest($2::text[]), unnest($3::text[]), unnest($4::numeric[]), unnest($5::boolean[]))
on conflict (ledger_id, pattern) do update
set normal_side = excluded.normal_side, overdraft = excluded.overdraft, closed = excluded.closed
where (account_type.normal_side, account_type.overdraft, account_type.closed)
  is distinct from (excluded.normal_side, excluded.overdraft, excluded.closed)
returning pattern`;

const DELETE_OTHERS =
  'delete from account_type where ledger_id = $1 and pattern <> all($2) returning pattern';
const DELETE = 'delete from account_type where ledger_id = $1 and pattern = $2 returning pattern';

const toType = ({ overdraft, ...rest }: TypeRow): AccountType => ({
  ...rest,
  overdraft: overdraft === null ? null : BigInt(overdraft),
});

/** The account types of ledgers. A change holds from the next commit of every replica on. */
@Injectable()
export class AccountTypeStore {
  constructor(private readonly database: Database) {}

  /** By pattern. */
  async list(
    ledgerId: number,
    { after, limit }: { after: string | undefined; limit: number },
  ): Promise<readonly AccountType[]> {
    const sql = `${SELECT} and pattern > $2 order by pattern limit $3`;
    return (await this.database.query<TypeRow>(sql, [ledgerId, after ?? '', limit])).map(toType);
  }

  async find(ledgerId: number, pattern: string): Promise<AccountType | undefined> {
    const [row] = await this.database.query<TypeRow>(`${SELECT} and pattern = $2`, [ledgerId, pattern]);
    return row === undefined ? undefined : toType(row);
  }

  /** Adds and changes types. @throws ProblemException `limit-reached` */
  put(ledgerId: number, types: readonly AccountType[]): Promise<void> {
    return changeRules(this.database, ledgerId, async (tx) => ({
      changed: await putAccountTypes(tx, ledgerId, types),
      result: undefined,
    }));
  }

  /** Makes these the types of the ledger; others are gone. */
  replace(ledgerId: number, types: readonly AccountType[]): Promise<void> {
    return changeRules(this.database, ledgerId, async (tx) => {
      const gone = await tx.query(DELETE_OTHERS, [ledgerId, types.map(({ pattern }) => pattern)]);
      const put = await putAccountTypes(tx, ledgerId, types);
      return { changed: put || gone.length > 0, result: undefined };
    });
  }

  /** False when there is no type of the pattern. */
  remove(ledgerId: number, pattern: string): Promise<boolean> {
    return changeRules(this.database, ledgerId, async (tx) => {
      const changed = (await tx.query(DELETE, [ledgerId, pattern])).length > 0;
      return { changed, result: changed };
    });
  }
}

/** Whether any of them is new or other than before. @throws ProblemException `limit-reached` */
export const putAccountTypes = async (
  tx: Queryable,
  ledgerId: number,
  types: readonly AccountType[],
): Promise<boolean> => {
  if (types.length === 0) return false;
  const changed = await tx.query(PUT, [
    ledgerId,
    types.map(({ pattern }) => pattern),
    types.map(({ normalSide }) => normalSide),
    types.map(({ overdraft }) => overdraft?.toString() ?? null),
    types.map(({ closed }) => closed),
  ]);
  const [row] = await tx.query<{ count: number }>(COUNT, [ledgerId]);
  if ((row?.count ?? 0) > MAX_TYPES) {
    const detail = `A ledger has at most ${MAX_TYPES} account types`;
    throw new ProblemException('limit-reached', requestProblems['limit-reached'], detail);
  }
  return changed.length > 0;
};
