import { Controller, Get, Param, Query } from '@nestjs/common';
import { isAddress } from '@defter/ledger-domain';
import { Caller, malformed, notFound, Scope } from '@defter/platform';
import { Ledgers } from '../ledgers/ledgers.js';
import { textPlace, toCursorPage, toListRequest } from '../list-request.js';
import { refuseUnknownQuery } from '../write-request.js';
import { AccountReader, type AccountRow, type BalanceRow } from './account.read.js';

const volumesView = (rows: readonly BalanceRow[]) =>
  Object.fromEntries(
    rows.map(({ asset, input, output }) => [asset, { input, output, balance: input - output }]),
  );

const balanceView = ({ asset, input, output, pendingIn, pendingOut }: BalanceRow) => {
  const posted = input - output;
  return { asset, posted, pendingOut, pendingIn, available: posted - pendingOut };
};

const toAddress = (text: string): string => {
  if (isAddress(text)) return text;
  throw malformed([
    { loc: ['path', 'address'], msg: 'must be segments [A-Za-z0-9_-]+ joined by ":"', type: 'address' },
  ]);
};

const expandsVolumes = (query: Readonly<Record<string, string>>): boolean => {
  const { expand } = query;
  if (expand === undefined || expand === 'volumes') return expand !== undefined;
  throw malformed([{ loc: ['query', 'expand'], msg: 'must be "volumes"', type: 'enum' }]);
};

interface Path {
  readonly ledger: string;
  readonly address: string;
}

@Controller(['v2/:ledger', 'api/ledger/v2/:ledger'])
export class AccountController {
  constructor(
    private readonly ledgers: Ledgers,
    private readonly accounts: AccountReader,
  ) {}

  @Get('accounts')
  @Scope('ledger:read')
  async list(
    @Param('ledger') name: string,
    @Query() query: Record<string, string>,
    @Caller() { tenantId }: Caller,
  ) {
    const { pageSize, after } = toListRequest('accounts', query, textPlace, ['expand']);
    const expand = expandsVolumes(query);
    const { ledgerId } = await this.ledgers.find(tenantId, name);
    const rows = await this.accounts.list(ledgerId, { after, limit: pageSize + 1 });
    const balances = expand
      ? await this.accounts.balances(
          ledgerId,
          rows.map(({ address }) => address),
        )
      : [];
    const view = (row: AccountRow) => ({
      ...row,
      ...(expand ? { volumes: volumesView(balances.filter(({ account }) => account === row.address)) } : {}),
    });
    return toCursorPage(rows, 'accounts', { pageSize, view, place: ({ address }) => address });
  }

  @Get('accounts/:address')
  @Scope('ledger:read')
  async get(@Param() path: Path, @Query() query: Record<string, string>, @Caller() { tenantId }: Caller) {
    refuseUnknownQuery(query, ['expand']);
    const address = toAddress(path.address);
    const { ledgerId } = await this.ledgers.find(tenantId, path.ledger);
    const account = await this.accounts.find(ledgerId, address);
    if (account === undefined) throw notFound('There is no such account');
    const expand = expandsVolumes(query);
    return {
      data: {
        ...account,
        ...(expand ? { volumes: volumesView(await this.accounts.balances(ledgerId, [address])) } : {}),
      },
    };
  }

  @Get('accounts/:address/balances')
  @Scope('ledger:read')
  async balances(
    @Param() path: Path,
    @Query() query: Record<string, string>,
    @Caller() { tenantId }: Caller,
  ) {
    refuseUnknownQuery(query, []);
    const address = toAddress(path.address);
    const { ledgerId } = await this.ledgers.find(tenantId, path.ledger);
    return { data: (await this.accounts.balances(ledgerId, [address])).map(balanceView) };
  }

  @Get('volumes')
  @Scope('ledger:read')
  async volumes(
    @Param('ledger') name: string,
    @Query() query: Record<string, string>,
    @Caller() { tenantId }: Caller,
  ) {
    const { pageSize, after } = toListRequest('volumes', query, pairPlace);
    const { ledgerId } = await this.ledgers.find(tenantId, name);
    const rows = await this.accounts.volumes(ledgerId, { after, limit: pageSize + 1 });
    return toCursorPage(rows, 'volumes', {
      pageSize,
      view: (row: BalanceRow) => ({
        account: row.account,
        ...balanceView(row),
        input: row.input,
        output: row.output,
      }),
      place: ({ account, asset }) => [account, asset],
    });
  }

  @Get('aggregate/balances')
  @Scope('ledger:read')
  async aggregate(
    @Param('ledger') name: string,
    @Query() query: Record<string, string>,
    @Caller() { tenantId }: Caller,
  ) {
    refuseUnknownQuery(query, ['address']);
    const { ledgerId } = await this.ledgers.find(tenantId, name);
    const { address } = query;
    const rows = await this.accounts.aggregate(
      ledgerId,
      address === undefined ? undefined : toAddress(address),
    );
    return { data: Object.fromEntries(rows.map(({ asset, balance }) => [asset, BigInt(balance)])) };
  }
}

const pairPlace = (place: unknown): readonly [string, string] => {
  const [account, asset] = place as unknown[];
  return [textPlace(account), textPlace(asset)];
};
