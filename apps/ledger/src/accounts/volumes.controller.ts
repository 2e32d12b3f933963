import { Controller, Get } from '@nestjs/common';
import { Scope } from '@defter/platform';
import { LedgerRequest, Request } from '../ledger-request.js';
import { Ledgers } from '../ledgers/ledgers.js';
import { listPage, type PageForm, textPlace, viewed } from '../list-page.js';
import { toListFilter, toListQuestion } from '../list-question.js';
import { AGGREGATE, VOLUMES } from './account-list.js';
import { AccountListReader, type BalancePlace } from './account-list.read.js';
import type { BalanceRow } from './account.read.js';
import { accountVolumesView, below, toSegments } from './account.wire.js';

const PAGES: PageForm<BalanceRow, BalancePlace> = {
  parsePlace: (place) => {
    const [account, asset] = place as unknown[];
    return [textPlace(account), textPlace(asset)];
  },
  place: ({ account, asset }) => [account, asset],
};

@Controller(['v2/:ledger', 'api/ledger/v2/:ledger'])
export class VolumesController {
  constructor(
    private readonly ledgers: Ledgers,
    private readonly lists: AccountListReader,
  ) {}

  @Get('volumes')
  @Scope('ledger:read')
  async volumes(@Request() request: LedgerRequest) {
    const question = await toListQuestion(request, VOLUMES);
    const { filter, parameters } = question;
    const segments = toSegments(parameters['groupBy']);
    const { ledgerId } = await this.ledgers.at(request.address);
    const page = await listPage(question, PAGES, (from) =>
      segments === undefined
        ? this.lists.balances(ledgerId, filter, from)
        : this.lists.groups(ledgerId, { filter, segments }, from),
    );
    return viewed(page, page.cursor.data.map(accountVolumesView));
  }

  @Get('aggregate/balances')
  @Scope('ledger:read')
  async aggregate(@Request() request: LedgerRequest) {
    const { filter, parameters } = await toListFilter(request, AGGREGATE);
    const both = { kind: 'and', parts: [filter, below(parameters['address'])] } as const;
    const { ledgerId } = await this.ledgers.at(request.address);
    const rows = await this.lists.sums(ledgerId, both);
    return { data: Object.fromEntries(rows.map(({ asset, balance }) => [asset, BigInt(balance)])) };
  }
}
