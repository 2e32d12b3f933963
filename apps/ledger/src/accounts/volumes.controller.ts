import { Controller, Get } from '@nestjs/common';
import { malformed, Scope } from '@defter/platform';
import type { Filter } from '../filters/filter.js';
import { BalancesAt, type ReadBalances } from '../history/balances-at.js';
import { type Span, toSpan } from '../history/list-time.wire.js';
import { LedgerRequest, Request } from '../ledger-request.js';
import { Ledgers } from '../ledgers/ledgers.js';
import { listPage, type PageForm, textPlace, viewed } from '../list-page.js';
import { type ListQuestion, toListFilter, toListQuestion } from '../list-question.js';
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
    private readonly past: BalancesAt,
  ) {}

  @Get('volumes')
  @Scope('ledger:read')
  async volumes(@Request() request: LedgerRequest) {
    const question = await toListQuestion(request, VOLUMES);
    const { filter } = question;
    const { segments, span } = toShape(question);
    const { ledgerId } = await this.ledgers.at(request.address);
    const page = await listPage(question, PAGES, (from) =>
      segments === undefined
        ? this.lists.balances(ledgerId, filter, from)
        : this.lists.groups(ledgerId, { filter, segments }, from),
    );
    const rows = await this.past.over(ledgerId, page.cursor.data, span);
    return viewed(page, rows.map(accountVolumesView));
  }

  @Get('aggregate/balances')
  @Scope('ledger:read')
  async aggregate(@Request() request: LedgerRequest) {
    const { filter, parameters } = await toListFilter(request, AGGREGATE);
    const both = { kind: 'and', parts: [filter, below(parameters['address'])] } as const;
    const { ledgerId } = await this.ledgers.at(request.address);
    const span = toSpan(parameters, filter);
    if (span !== undefined) return { data: Object.fromEntries(await this.sumsOver(ledgerId, both, span)) };
    const rows = await this.lists.sums(ledgerId, both);
    return { data: Object.fromEntries(rows.map(({ asset, balance }) => [asset, BigInt(balance)])) };
  }

  private sumsOver(ledgerId: number, filter: Filter, span: Span): Promise<ReadonlyMap<string, bigint>> {
    const read: ReadBalances = (last, limit) => {
      const after = last === undefined ? undefined : ([last.account, last.asset] as const);
      return this.lists.balances(ledgerId, filter, { after, limit, descending: false });
    };
    return this.past.sums(ledgerId, read, span);
  }
}

/** Groups are made of the balances of now. @throws ProblemException `malformed` */
const toShape = ({ filter, parameters }: ListQuestion) => {
  const segments = toSegments(parameters['groupBy']);
  const span = toSpan(parameters, filter);
  if (segments === undefined || span === undefined) return { segments, span };
  const msg = 'goes with the volumes of now only';
  throw malformed([{ loc: ['query', 'groupBy'], msg, type: 'contradiction' }]);
};
