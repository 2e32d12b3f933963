import { Controller, Get } from '@nestjs/common';
import { notFound, Scope } from '@defter/platform';
import { LedgerRequest, Request, toKey } from '../ledger-request.js';
import { Ledgers } from '../ledgers/ledgers.js';
import { type ListForm, listPage, numberPlace } from '../list-request.js';
import { toTransactionId } from '../transaction-id.js';
import { TransactionReader, type TransactionView } from './transaction.read.js';

const LIST: ListForm<TransactionView, TransactionView, number> = {
  kind: 'transactions',
  filters: ['reference'],
  parsePlace: numberPlace,
  place: ({ id }) => id,
  view: (row) => row,
};

@Controller(['v2/:ledger/transactions', 'api/ledger/v2/:ledger/transactions'])
export class ReadTransactionsController {
  constructor(
    private readonly ledgers: Ledgers,
    private readonly transactions: TransactionReader,
  ) {}

  @Get()
  @Scope('ledger:read')
  async list(@Request() request: LedgerRequest) {
    const { reference } = request.query('pageSize', 'cursor', 'reference');
    toKey(reference, ['query', 'reference']);
    const { ledgerId } = await this.ledgers.at(request.address);
    return listPage(request, LIST, (before, limit) =>
      reference === undefined
        ? this.transactions.list(ledgerId, { before, limit })
        : this.transactions.byReference(ledgerId, reference),
    );
  }

  @Get(':id')
  @Scope('ledger:read')
  async get(@Request() request: LedgerRequest) {
    request.query();
    const { ledgerId } = await this.ledgers.at(request.address);
    const transaction = await this.transactions.find(ledgerId, toTransactionId(request.params['id']));
    if (transaction === undefined) throw notFound('There is no such transaction');
    return { data: transaction };
  }
}
