import { Injectable } from '@nestjs/common';
import { type AccountType } from '@defter/ledger-domain';
import { Database, ProblemException, type Transaction } from '@defter/platform';
import { requestProblems } from '../ledger.problems.js';

/** A tenant's ledger. The number never changes, so it may be kept in memory. */
export interface LedgerName {
  readonly ledgerId: number;
  readonly tenantId: string;
  readonly name: string;
}

export interface NewLedger {
  readonly strict: boolean;
  readonly metadata: Readonly<Record<string, string>>;
  readonly accountTypes: readonly AccountType[];
}

/** Which ledgers there are. Another tenant's ledger looks the same as none. */
@Injectable()
export class Ledgers {
  private readonly known = new Map<string, LedgerName>();

  constructor(private readonly database: Database) {}

  /** The ledger that a request names. @throws ProblemException `ledger-not-found` */
  at({ tenantId, ledger }: { readonly tenantId: string; readonly ledger: string }): Promise<LedgerName> {
    return this.find(tenantId, ledger);
  }

  /** @throws ProblemException `ledger-not-found` */
  async find(tenantId: string, name: string): Promise<LedgerName> {
    const ledger = await this.lookUp(tenantId, name);
    if (ledger !== undefined) return ledger;
    const detail = `There is no ledger ${JSON.stringify(name.slice(0, 64))}; open it with POST /v2/{ledger}`;
    throw new ProblemException('ledger-not-found', requestProblems['ledger-not-found'], detail);
  }

  /** The ledger, or undefined when the tenant has none of that name. */
  async lookUp(tenantId: string, name: string): Promise<LedgerName | undefined> {
    const key = `${tenantId}/${name}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const [row] = await this.database.query<{ ledger_id: number }>(
      'select ledger_id from ledger where tenant_id = $1 and name = $2',
      [tenantId, name],
    );
    if (row === undefined) return undefined;
    const ledger = { ledgerId: row.ledger_id, tenantId, name };
    this.known.set(key, ledger);
    return ledger;
  }

  /** Opens a ledger; false when the tenant has one of that name already (nothing is changed then). */
  open(tenantId: string, name: string, { strict, metadata, accountTypes }: NewLedger): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const [row] = await tx.query<{ ledger_id: number }>(
        `insert into ledger (tenant_id, name, strict, metadata) values ($1, $2, $3, $4)
         on conflict (tenant_id, name) do nothing returning ledger_id`,
        [tenantId, name, strict, JSON.stringify(metadata)],
      );
      if (row === undefined) return false;
      await tx.query('insert into ledger_head (ledger_id) values ($1)', [row.ledger_id]);
      await putAccountTypes(tx, row.ledger_id, accountTypes);
      return true;
    });
  }

  /** Sets account types; the next commit of every replica decides by them. */
  setAccountTypes(ledgerId: number, accountTypes: readonly AccountType[]): Promise<void> {
    return this.database.transaction(async (tx) => {
      await tx.query('update ledger_head set settings_version = settings_version + 1 where ledger_id = $1', [
        ledgerId,
      ]);
      await putAccountTypes(tx, ledgerId, accountTypes);
      for (const type of accountTypes) await applyOverdraft(tx, ledgerId, type);
    });
  }
}

const putAccountTypes = async (
  tx: Transaction,
  ledgerId: number,
  types: readonly AccountType[],
): Promise<void> => {
  for (const { pattern, overdraft, closed } of types) {
    await tx.query(
      `insert into account_type (ledger_id, pattern, overdraft, closed) values ($1, $2, $3, $4)
       on conflict (ledger_id, pattern) do update set overdraft = excluded.overdraft, closed = excluded.closed`,
      [ledgerId, pattern, overdraft?.toString() ?? null, closed],
    );
  }
};

/** `users:*:main` → `^users:[^:]+:main$`; a last `*` stands for one or more segments. */
const patternToRegex = (pattern: string): string =>
  `^${pattern
    .split(':')
    .map((segment, index, all) => (segment !== '*' ? segment : index === all.length - 1 ? '.+' : '[^:]+'))
    .join(':')}$`;

/**
 * Balances that exist get the new floor; one that is lower already (forced, or a wider limit before) keeps
 * its own.
 */
const applyOverdraft = (tx: Transaction, ledgerId: number, { pattern, overdraft }: AccountType) =>
  tx.query(
    `update balance set floor = case when $3::numeric is null then null
        else least(-$3::numeric, input - output - pending_out) end
     where ledger_id = $1 and account ~ $2`,
    [ledgerId, patternToRegex(pattern), overdraft?.toString() ?? null],
  );
