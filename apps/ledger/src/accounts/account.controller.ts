import { Controller, Get, Head, HttpCode } from '@nestjs/common';
import { isAddress } from '@defter/ledger-domain';
import { malformed, notFound, Scope } from '@defter/platform';
import { LedgerRequest, Request } from '../ledger-request.js';
import { Ledgers } from '../ledgers/ledgers.js';
import { answerCount, listPage, type PageForm, textPlace, viewed } from '../list-page.js';
import { toListFilter, toListQuestion } from '../list-question.js';
import { ACCOUNTS } from './account-list.js';
import { AccountListReader } from './account-list.read.js';
import { AccountReader, type AccountRow } from './account.read.js';
import { accountView, expandsVolumes } from './account.wire.js';

const PAGES: PageForm<AccountRow, string> = { parsePlace: textPlace, place: ({ address }) => address };

@Controller(['v2/:ledger/accounts', 'api/ledger/v2/:ledger/accounts'])
export class AccountController {
  constructor(
    private readonly ledgers: Ledgers,
    private readonly accounts: AccountReader,
    private readonly lists: AccountListReader,
  ) {}

  @Get()
  @Scope('ledger:read')
  async list(@Request() request: LedgerRequest) {
    const question = await toListQuestion(request, ACCOUNTS);
    const expand = expandsVolumes(question.parameters['expand']);
    const { ledgerId } = await this.ledgers.at(request.address);
    const page = await listPage(question, PAGES, (from) =>
      this.lists.accounts(ledgerId, question.filter, from),
    );
    const { data } = page.cursor;
    const names = data.map(({ address }) => address);
    const balances = expand ? await this.accounts.balances(ledgerId, names) : undefined;
    return viewed(
      page,
      data.map((row) => accountView(row, balances)),
    );
  }

  @Head()
  @HttpCode(204)
  @Scope('ledger:read')
  async count(@Request() request: LedgerRequest): Promise<void> {
    const { filter } = await toListFilter(request, ACCOUNTS);
    const { ledgerId } = await this.ledgers.at(request.address);
    answerCount(request, await this.lists.countAccounts(ledgerId, filter));
  }

  @Get(':address')
  @Scope('ledger:read')
  async get(@Request() request: LedgerRequest) {
    const expand = expandsVolumes(request.values('expand')['expand']);
    const address = toAddress(request.params['address']);
    const { ledgerId } = await this.ledgers.at(request.address);
    const account = await this.accounts.find(ledgerId, address);
    if (account === undefined) throw notFound('There is no such account');
    const balances = expand ? await this.accounts.balances(ledgerId, [address]) : undefined;
    return { data: accountView(account, balances) };
  }
}

const toAddress = (text = ''): string => {
  if (isAddress(text)) return text;
  const msg = 'must be segments [A-Za-z0-9_-]+ joined by ":"';
  throw malformed([{ loc: ['path', 'address'], msg, type: 'address' }]);
};
