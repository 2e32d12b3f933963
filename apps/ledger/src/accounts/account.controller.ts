import { Controller, Get, Head, HttpCode } from '@nestjs/common';
import { isAddress } from '@defter/ledger-domain';
import { malformed, notFound, Scope } from '@defter/platform';
import { EVERYTHING, type Filter } from '../filters/filter.js';
import { AccountsAt } from '../history/accounts-at.js';
import { instantOf } from '../history/list-time.wire.js';
import { LedgerRequest, Request } from '../ledger-request.js';
import { LedgerReader } from '../ledgers/ledger.read.js';
import { Ledgers } from '../ledgers/ledgers.js';
import { answerCount, listPage, type PageForm, textPlace, viewed } from '../list-page.js';
import { type ListQuestion, toListFilter, toListQuestion } from '../list-question.js';
import { ACCOUNTS, EXISTED } from './account-list.js';
import { AccountListReader } from './account-list.read.js';
import type { AccountRow } from './account.read.js';
import { toExpansions } from './account.wire.js';

const PAGES: PageForm<AccountRow, string> = { parsePlace: textPlace, place: ({ address }) => address };

@Controller(['v2/:ledger/accounts', 'api/ledger/v2/:ledger/accounts'])
export class AccountController {
  constructor(
    private readonly ledgers: Ledgers,
    private readonly lists: AccountListReader,
    private readonly past: AccountsAt,
    private readonly counted: LedgerReader,
  ) {}

  @Get()
  @Scope('ledger:read')
  async list(@Request() request: LedgerRequest) {
    const question = await toListQuestion(request, ACCOUNTS);
    const { filter, pit } = filterAt(question);
    const expansions = toExpansions(question.parameters['expand']);
    const { ledgerId } = await this.ledgers.at(request.address);
    const page = await listPage(question, PAGES, (from) => this.lists.accounts(ledgerId, filter, from));
    return viewed(page, await this.past.views(ledgerId, page.cursor.data, expansions, pit));
  }

  @Head()
  @HttpCode(204)
  @Scope('ledger:read')
  async count(@Request() request: LedgerRequest): Promise<void> {
    const { filter } = filterAt(await toListFilter(request, ACCOUNTS));
    const { ledgerId } = await this.ledgers.at(request.address);
    const count =
      filter === EVERYTHING
        ? BigInt((await this.counted.counts(ledgerId)).accounts)
        : await this.lists.countAccounts(ledgerId, filter);
    answerCount(request, count);
  }

  @Get(':address')
  @Scope('ledger:read')
  async get(@Request() request: LedgerRequest) {
    const parameters = request.values('expand', 'pit');
    const expansions = toExpansions(parameters['expand']);
    const address = toAddress(request.params['address']);
    const { ledgerId } = await this.ledgers.at(request.address);
    const { filter, pit } = filterAt({ filter: exactly(address), parameters });
    const found = await this.lists.accounts(ledgerId, filter, ONE);
    const [data] = await this.past.views(ledgerId, found, expansions, pit);
    if (data === undefined) throw notFound('There is no such account');
    return { data };
  }
}

const ONE = { after: undefined, descending: false, limit: 1 } as const;

const exactly = (address: string): Filter => ({
  kind: 'address',
  field: 'address',
  patterns: [{ segments: address.split(':'), open: false }],
});

/** The filter with `pit`: only accounts that there were by then. @throws ProblemException `malformed` */
const filterAt = ({
  filter,
  parameters,
}: Pick<ListQuestion, 'filter' | 'parameters'>): { filter: Filter; pit: string | undefined } => {
  const pit = instantOf(parameters, 'pit');
  if (pit === undefined) return { filter, pit };
  const existed = { kind: 'instant', field: EXISTED, compare: '<=', value: pit } as const;
  return { filter: { kind: 'and', parts: [filter, existed] }, pit };
};

const toAddress = (text = ''): string => {
  if (isAddress(text)) return text;
  const msg = 'must be segments [A-Za-z0-9_-]+ joined by ":"';
  throw malformed([{ loc: ['path', 'address'], msg, type: 'address' }]);
};
