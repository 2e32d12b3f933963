import { Body, Controller, Delete, Get, HttpCode, Post, Put } from '@nestjs/common';
import type { AccountType } from '@defter/ledger-domain';
import { notFound, Scope } from '@defter/platform';
import { LedgerRequest, Request } from '../ledger-request.js';
import { Ledgers } from '../ledgers/ledgers.js';
import { type ListForm, listPage, textPlace } from '../list-request.js';
import { accountTypeView, toAccountTypes } from './account-type.wire.js';
import { AccountTypeStore } from './account-types.js';

const TYPES: ListForm<AccountType, unknown, string> = {
  kind: 'account-types',
  parsePlace: textPlace,
  place: ({ pattern }) => pattern,
  view: accountTypeView,
};

@Controller(['v2/:ledger/account-types', 'api/ledger/v2/:ledger/account-types'])
export class AccountTypeController {
  constructor(
    private readonly ledgers: Ledgers,
    private readonly types: AccountTypeStore,
  ) {}

  @Get()
  @Scope('ledger:read')
  async list(@Request() request: LedgerRequest) {
    const { ledgerId } = await this.ledgers.at(request.address);
    return listPage(request, TYPES, (after, limit) => this.types.list(ledgerId, { after, limit }));
  }

  @Get(':pattern')
  @Scope('ledger:read')
  async get(@Request() request: LedgerRequest) {
    request.query();
    const { ledgerId } = await this.ledgers.at(request.address);
    const type = await this.types.find(ledgerId, patternOf(request));
    if (type === undefined) throw notFound('There is no account type of this pattern');
    return { data: accountTypeView(type) };
  }

  @Post()
  @HttpCode(204)
  @Scope('ledger:admin')
  async put(@Body() body: unknown, @Request() request: LedgerRequest): Promise<void> {
    request.query();
    const { ledgerId } = await this.ledgers.at(request.address);
    await this.types.put(ledgerId, toAccountTypes(body));
  }

  @Put()
  @HttpCode(204)
  @Scope('ledger:admin')
  async replace(@Body() body: unknown, @Request() request: LedgerRequest): Promise<void> {
    request.query();
    const { ledgerId } = await this.ledgers.at(request.address);
    await this.types.replace(ledgerId, toAccountTypes(body));
  }

  @Delete(':pattern')
  @HttpCode(204)
  @Scope('ledger:admin')
  async remove(@Request() request: LedgerRequest): Promise<void> {
    request.query();
    const { ledgerId } = await this.ledgers.at(request.address);
    const removed = await this.types.remove(ledgerId, patternOf(request));
    if (!removed) throw notFound('There is no account type of this pattern');
  }
}

const patternOf = ({ params }: LedgerRequest): string => params['pattern'] ?? '';
