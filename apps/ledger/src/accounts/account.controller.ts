import { Controller, Get } from '@nestjs/common';
import { isAddress } from '@defter/ledger-domain';
import { malformed, notFound, Scope } from '@defter/platform';
import { LedgerRequest, Request } from '../ledger-request.js';
import { Ledgers } from '../ledgers/ledgers.js';
import { type ListForm, listPage, textPlace } from '../list-request.js';
import { AccountReader, type AccountRow, type BalanceRow } from './account.read.js';
import { accountView, accountVolumesView, balanceView } from './account.wire.js';

const ACCOUNTS: ListForm<AccountRow, AccountRow, string> = {
  kind: 'accounts',
  filters: ['expand'],
  parsePlace: textPlace,
  place: ({ address }) => address,
  view: (row) => row,
};

const VOLUMES: ListForm<BalanceRow, unknown, readonly [string, string]> = {
  kind: 'volumes',
  parsePlace: (place) => {
    const [account, asset] = place as unknown[];
    return [textPlace(account), textPlace(asset)];
  },
  place: ({ account, asset }) => [account, asset],
  view: accountVolumesView,
};

@Controller(['v2/:ledger', 'api/ledger/v2/:ledger'])
export class AccountController {
  constructor(
    private readonly ledgers: Ledgers,
    private readonly accounts: AccountReader,
  ) {}

  @Get('accounts')
  @Scope('ledger:read')
  async list(@Request() request: LedgerRequest) {
    const expand = expandsVolumes(request.query('pageSize', 'cursor', 'expand'));
    const { ledgerId } = await this.ledgers.at(request.address);
    const { cursor } = await listPage(request, ACCOUNTS, (after, limit) =>
      this.accounts.list(ledgerId, { after, limit }),
    );
    const names = cursor.data.map(({ address }) => address);
    const balances = expand ? await this.accounts.balances(ledgerId, names) : undefined;
    return { cursor: { ...cursor, data: cursor.data.map((row) => accountView(row, balances)) } };
  }

  @Get('accounts/:address')
  @Scope('ledger:read')
  async get(@Request() request: LedgerRequest) {
    const expand = expandsVolumes(request.query('expand'));
    const address = toAddress(request.params['address']);
    const { ledgerId } = await this.ledgers.at(request.address);
    const account = await this.accounts.find(ledgerId, address);
    if (account === undefined) throw notFound('There is no such account');
    const balances = expand ? await this.accounts.balances(ledgerId, [address]) : undefined;
    return { data: accountView(account, balances) };
  }

  @Get('accounts/:address/balances')
  @Scope('ledger:read')
  async balances(@Request() request: LedgerRequest) {
    request.query();
    const address = toAddress(request.params['address']);
    const { ledgerId } = await this.ledgers.at(request.address);
    return { data: (await this.accounts.balances(ledgerId, [address])).map(balanceView) };
  }

  @Get('volumes')
  @Scope('ledger:read')
  async volumes(@Request() request: LedgerRequest) {
    const { ledgerId } = await this.ledgers.at(request.address);
    return listPage(request, VOLUMES, (after, limit) => this.accounts.volumes(ledgerId, { after, limit }));
  }

  @Get('aggregate/balances')
  @Scope('ledger:read')
  async aggregate(@Request() request: LedgerRequest) {
    const { address } = request.query('address');
    const below = address === undefined ? undefined : toAddress(address);
    const { ledgerId } = await this.ledgers.at(request.address);
    const rows = await this.accounts.aggregate(ledgerId, below);
    return { data: Object.fromEntries(rows.map(({ asset, balance }) => [asset, BigInt(balance)])) };
  }
}

const toAddress = (text = ''): string => {
  if (isAddress(text)) return text;
  const msg = 'must be segments [A-Za-z0-9_-]+ joined by ":"';
  throw malformed([{ loc: ['path', 'address'], msg, type: 'address' }]);
};

const expandsVolumes = ({ expand }: Readonly<Record<string, string>>): boolean => {
  if (expand === undefined || expand === 'volumes') return expand !== undefined;
  throw malformed([{ loc: ['query', 'expand'], msg: 'must be "volumes"', type: 'enum' }]);
};
