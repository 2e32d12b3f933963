import { Controller, Get, Head, HttpCode } from '@nestjs/common';
import { notFound, Scope } from '@defter/platform';
import { EffectiveVolumes } from '../history/effective-volumes.js';
import { LedgerRequest, Request } from '../ledger-request.js';
import { Ledgers } from '../ledgers/ledgers.js';
import { answerCount, listPage, type PageForm, viewed } from '../list-page.js';
import { toListFilter, toListQuestion } from '../list-question.js';
import { toTransactionId } from '../transaction-id.js';
import { expandsEffective, TRANSACTIONS, transactionFilter, transactionOrder } from './transaction-list.js';
import { TransactionListReader, type TransactionPlace } from './transaction-list.read.js';
import { toTransactionPlace } from './transaction-place.wire.js';
import { TransactionReader } from './transaction.read.js';

const PAGES: PageForm<TransactionPlace, TransactionPlace> = {
  parsePlace: toTransactionPlace,
  place: (row) => row,
};

@Controller(['v2/:ledger/transactions', 'api/ledger/v2/:ledger/transactions'])
export class ReadTransactionsController {
  constructor(
    private readonly ledgers: Ledgers,
    private readonly transactions: TransactionReader,
    private readonly lists: TransactionListReader,
    private readonly effective: EffectiveVolumes,
  ) {}

  @Get()
  @Scope('ledger:read')
  async list(@Request() request: LedgerRequest) {
    const asked = await toListQuestion(request, TRANSACTIONS);
    const question = { ...asked, order: transactionOrder(asked) };
    const [filter, effective] = [transactionFilter(question), expandsEffective(question)];
    const { ledgerId } = await this.ledgers.at(request.address);
    const places = await listPage(question, PAGES, (page) =>
      this.lists.places(ledgerId, filter, question.order, page),
    );
    const ids = places.cursor.data.map(({ id }) => id);
    return viewed(places, await this.shown(ledgerId, ids, effective));
  }

  @Head()
  @HttpCode(204)
  @Scope('ledger:read')
  async count(@Request() request: LedgerRequest): Promise<void> {
    const filter = transactionFilter(await toListFilter(request, TRANSACTIONS));
    const { ledgerId } = await this.ledgers.at(request.address);
    answerCount(request, await this.lists.count(ledgerId, filter));
  }

  @Get(':id')
  @Scope('ledger:read')
  async get(@Request() request: LedgerRequest) {
    const effective = expandsEffective({ parameters: request.values('expand') });
    const { ledgerId } = await this.ledgers.at(request.address);
    const id = toTransactionId(request.params['id']);
    const [transaction] = await this.shown(ledgerId, [id], effective);
    if (transaction === undefined) throw notFound('There is no such transaction');
    return { data: transaction };
  }

  private shown(ledgerId: number, ids: readonly number[], effective: boolean) {
    if (!effective) return this.transactions.byIds(ledgerId, ids);
    return this.transactions.byIds(ledgerId, ids, async (records) => {
      const outcomes = records.map((record) => ({ accepted: true, hit: false, record }) as const);
      const completed = await this.effective.withEffective(ledgerId, outcomes);
      return completed.map((outcome) => (outcome.accepted ? outcome.record : undefined));
    });
  }
}
