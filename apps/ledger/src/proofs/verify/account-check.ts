import type { Connection } from '@defter/platform';
import { canonicalMetadata } from './expected-transaction.js';
import type { Columns, Findings } from './findings.js';
import { accountMetadataSql, accountsSql, balancesSql, movementsSql, pendingSql } from './movements.sql.js';
import { RowCursor } from './row-cursor.js';
import { RunningBalance } from './running-balance.js';

interface MovementRow {
  readonly account: string;
  readonly asset: string;
  readonly sequence: number;
  readonly recordedAt: string;
  readonly input: string;
  readonly output: string;
  readonly pendingIn: string;
  readonly pendingOut: string;
  readonly ofHold: boolean;
  readonly after: string | null;
}

interface MetadataRow {
  readonly address: string;
  readonly sequence: number;
  readonly recordedAt: string;
  readonly deleted: boolean;
  readonly content: string;
}

interface AccountRow {
  readonly address: string;
  readonly columns: Columns & { readonly metadata: string };
}

interface BalanceRow {
  readonly account: string;
  readonly asset: string;
  readonly columns: Columns;
  readonly firstSequence: number;
  readonly lastSequence: number;
}

interface PendingRow {
  readonly account: string;
  readonly asset: string;
  readonly sequence: number;
  readonly columns: Columns;
}

interface Cursors {
  readonly movements: RowCursor<MovementRow>;
  readonly metadata: RowCursor<MetadataRow>;
  readonly accounts: RowCursor<AccountRow>;
  readonly balances: RowCursor<BalanceRow>;
  readonly pending: RowCursor<PendingRow>;
}

interface FirstUse {
  readonly sequence: number;
  readonly recordedAt: string;
}

const earlier = (one: FirstUse | undefined, other: FirstUse | undefined): FirstUse | undefined =>
  one === undefined || (other !== undefined && other.sequence < one.sequence) ? other : one;

/** Compares accounts and balances with the fold of their events, account by account. */
export class AccountCheck {
  private constructor(
    private readonly cursors: Cursors,
    private readonly findings: Findings,
    private readonly onAccount: (accounts: number) => void,
  ) {}

  /** Returns how many accounts the events name. */
  static async run(
    connection: Connection,
    ledgerId: number,
    findings: Findings,
    onAccount: (accounts: number) => void,
  ): Promise<number> {
    const cursors = {
      movements: await RowCursor.open<MovementRow>(connection, 'movements', movementsSql(ledgerId)),
      metadata: await RowCursor.open<MetadataRow>(connection, 'metadata', accountMetadataSql(ledgerId)),
      accounts: await RowCursor.open<AccountRow>(connection, 'accounts', accountsSql(ledgerId)),
      balances: await RowCursor.open<BalanceRow>(connection, 'balances', balancesSql(ledgerId)),
      pending: await RowCursor.open<PendingRow>(connection, 'pending', pendingSql(ledgerId)),
    };
    return new AccountCheck(cursors, findings, onAccount).all();
  }

  private async all(): Promise<number> {
    let accounts = 0;
    for (let next = await this.nextName(); next !== undefined; next = await this.nextName()) {
      await this.checkAccount(next);
      accounts += 1;
      this.onAccount(accounts);
    }
    return accounts;
  }

  /** The first name in any of the tables that wasn't looked at yet. */
  private async nextName(): Promise<string | undefined> {
    const { movements, metadata, accounts, balances, pending } = this.cursors;
    const names = [
      (await movements.peek())?.account,
      (await metadata.peek())?.address,
      (await accounts.peek())?.address,
      (await balances.peek())?.account,
      (await pending.peek())?.account,
    ].filter((name) => name !== undefined);
    return names.reduce<string | undefined>(
      (least, name) => (least === undefined || name < least ? name : least),
      undefined,
    );
  }

  private async checkAccount(account: string): Promise<void> {
    let first: FirstUse | undefined;
    for (
      let asset = await this.nextAsset(account);
      asset !== undefined;
      asset = await this.nextAsset(account)
    )
      first = earlier(first, await this.checkBalance(account, asset));
    const { opened, metadata } = await this.fold(account);
    first = earlier(first, opened);
    const expected =
      first === undefined
        ? undefined
        : { first_sequence: `${first.sequence}`, inserted_at: first.recordedAt, metadata };
    const { accounts } = this.cursors;
    const row = (await accounts.peek())?.address === account ? await accounts.take() : undefined;
    this.findings.compare('account', { account }, expected, row === undefined ? undefined : canonical(row));
  }

  private async nextAsset(account: string): Promise<string | undefined> {
    const { movements, balances, pending } = this.cursors;
    const assets = [await movements.peek(), await balances.peek(), await pending.peek()]
      .filter((row) => row?.account === account)
      .map((row) => row?.asset ?? '');
    return assets.sort((left, right) => (left < right ? -1 : 1))[0];
  }

  private async checkBalance(account: string, asset: string): Promise<FirstUse | undefined> {
    const { movements, balances, pending } = this.cursors;
    const isThis = (row: { account: string; asset: string }): boolean =>
      row.account === account && row.asset === asset;
    const running = new RunningBalance(account, asset, this.findings);
    let first: FirstUse | undefined;
    for await (const movement of movements.while(isThis)) {
      first ??= { sequence: movement.sequence, recordedAt: movement.recordedAt };
      running.add(movement);
      if (movement.ofHold) await this.checkPending(movement, running.pending);
    }
    for await (const { sequence, columns } of pending.while(isThis))
      this.findings.compare('pending_entry', { account, asset, sequence }, undefined, columns);
    const next = await balances.peek();
    const row = next !== undefined && isThis(next) ? await balances.take() : undefined;
    running.compare(row);
    return first;
  }

  /** What was reserved after an event of a hold. */
  private async checkPending({ account, asset, sequence }: MovementRow, expected: Columns): Promise<void> {
    const { pending } = this.cursors;
    let found: Columns | undefined;
    const upToHere = (row: PendingRow): boolean =>
      row.account === account && row.asset === asset && row.sequence <= sequence;
    for await (const row of pending.while(upToHere)) {
      if (row.sequence === sequence) found = row.columns;
      else
        this.findings.compare(
          'pending_entry',
          { account, asset, sequence: row.sequence },
          undefined,
          row.columns,
        );
    }
    this.findings.compare('pending_entry', { account, asset, sequence }, expected, found);
  }

  /** The metadata that an account's events leave, and the first event that set any. */
  private async fold(account: string): Promise<{ opened: FirstUse | undefined; metadata: string }> {
    const metadata = new Map<string, string>();
    let opened: FirstUse | undefined;
    for await (const change of this.cursors.metadata.while(({ address }) => address === account)) {
      if (change.deleted) metadata.delete(change.content);
      else {
        opened ??= { sequence: change.sequence, recordedAt: change.recordedAt };
        for (const [name, value] of Object.entries(documentOf(change.content))) metadata.set(name, value);
      }
    }
    return { opened, metadata: canonicalMetadata(Object.fromEntries(metadata)) };
  }
}

const canonical = ({ columns }: AccountRow) => ({
  ...columns,
  metadata: canonicalMetadata(documentOf(columns.metadata)),
});

/** A JSON object; nothing where a changed payload has something else. */
const documentOf = (text: string): Record<string, string> => {
  const document: unknown = JSON.parse(text);
  return typeof document === 'object' && document !== null ? (document as Record<string, string>) : {};
};
