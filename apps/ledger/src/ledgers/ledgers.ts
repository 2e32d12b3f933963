import { Injectable } from '@nestjs/common';
import { type AccountType } from '@defter/ledger-domain';
import { Database, malformed, ProblemException } from '@defter/platform';
import { putAccountTypes } from '../account-types/account-types.js';
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

const NAME = /^[A-Za-z0-9-][A-Za-z0-9_-]{0,62}$/;

/** Whether the text can name a ledger. */
export const isLedgerName = (text: string): boolean => NAME.test(text);

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
    if (!isLedgerName(name)) return undefined;
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

  /** Adds to a ledger's metadata, or changes it. @throws ProblemException `malformed` for too much of it */
  async setMetadata(ledgerId: number, metadata: Readonly<Record<string, string>>): Promise<void> {
    const changed = await this.database.query(SET_METADATA, [
      ledgerId,
      JSON.stringify(metadata),
      MAX_METADATA,
    ]);
    if (changed.length > 0) return;
    const msg = `a ledger has at most ${MAX_METADATA} entries of metadata`;
    throw malformed([{ loc: ['body'], msg, type: 'maxProperties' }]);
  }

  /** Takes one entry out of a ledger's metadata, if it is there. */
  async deleteMetadata(ledgerId: number, key: string): Promise<void> {
    const sql = 'update ledger set metadata = metadata - $2::text where ledger_id = $1 and metadata ? $2';
    await this.database.query(sql, [ledgerId, key]);
  }
}

const MAX_METADATA = 100;

const SET_METADATA = `
update ledger set metadata = metadata || $2::jsonb
where ledger_id = $1 and (select count(*) from jsonb_object_keys(metadata || $2::jsonb)) <= $3
returning ledger_id`;
